"""Reinforcement learning: a dueling network with noisy layers, and an actor-critic over a distribution's parameters."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class NoisyLinear(nn.Module):
    def __init__(self, in_features, out_features, std_init=0.5):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.std_init = std_init
        self.weight_mu = nn.Parameter(torch.empty(out_features, in_features))
        self.weight_sigma = nn.Parameter(torch.empty(out_features, in_features))
        self.register_buffer("weight_epsilon", torch.empty(out_features, in_features))
        self.bias_mu = nn.Parameter(torch.empty(out_features))
        self.bias_sigma = nn.Parameter(torch.empty(out_features))
        self.register_buffer("bias_epsilon", torch.empty(out_features))
        self.reset_parameters()
        self.reset_noise()

    def reset_parameters(self):
        mu_range = 1 / math.sqrt(self.in_features)
        self.weight_mu.data.uniform_(-mu_range, mu_range)
        self.weight_sigma.data.fill_(self.std_init / math.sqrt(self.in_features))
        self.bias_mu.data.uniform_(-mu_range, mu_range)
        self.bias_sigma.data.fill_(self.std_init / math.sqrt(self.out_features))

    def _scale_noise(self, size):
        x = torch.randn(size)
        return x.sign().mul_(x.abs().sqrt_())

    def reset_noise(self):
        epsilon_in = self._scale_noise(self.in_features)
        epsilon_out = self._scale_noise(self.out_features)
        self.weight_epsilon.copy_(epsilon_out.ger(epsilon_in))
        self.bias_epsilon.copy_(epsilon_out)

    def forward(self, input):
        if self.training:
            weight = self.weight_mu + self.weight_sigma * self.weight_epsilon
            bias = self.bias_mu + self.bias_sigma * self.bias_epsilon
        else:
            weight, bias = self.weight_mu, self.bias_mu
        return F.linear(input, weight, bias)


class RainbowDQN(nn.Module):
    def __init__(self, action_space=4, atoms=11, hidden=32, v=(-10, 10), history=4):
        super().__init__()
        self.atoms, self.action_space = atoms, action_space
        self.register_buffer("support", torch.linspace(v[0], v[1], atoms))
        self.convs = nn.Sequential(nn.Conv2d(history, 16, 8, stride=4), nn.ReLU(), nn.Conv2d(16, 32, 4, stride=2), nn.ReLU(),
                                   nn.Conv2d(32, 32, 3), nn.ReLU())
        with torch.no_grad():
            self.conv_output_size = self.convs(torch.zeros(1, history, 84, 84)).numel()
        self.fc_h_v = NoisyLinear(self.conv_output_size, hidden)
        self.fc_h_a = NoisyLinear(self.conv_output_size, hidden)
        self.fc_z_v = NoisyLinear(hidden, atoms)
        self.fc_z_a = NoisyLinear(hidden, action_space * atoms)

    def forward(self, x, log=False):
        x = self.convs(x)
        x = x.view(-1, self.conv_output_size)
        v = self.fc_z_v(F.relu(self.fc_h_v(x)))
        a = self.fc_z_a(F.relu(self.fc_h_a(x)))
        v, a = v.view(-1, 1, self.atoms), a.view(-1, self.action_space, self.atoms)
        q = v + a - a.mean(1, keepdim=True)
        q = F.log_softmax(q, dim=2) if log else F.softmax(q, dim=2)
        values = (q * self.support).sum(2)
        return values, values.argmax(1)


class ActorCritic(nn.Module):
    def __init__(self, obs_dim=11, act_dim=3, hidden_sizes=(32, 32), activation=nn.Tanh):
        super().__init__()

        def mlp(sizes, activation, output_activation=nn.Identity):
            layers = []
            for j in range(len(sizes) - 1):
                act = activation if j < len(sizes) - 2 else output_activation
                layers += [nn.Linear(sizes[j], sizes[j + 1]), act()]
            return nn.Sequential(*layers)

        self.mu_net = mlp([obs_dim] + list(hidden_sizes) + [act_dim], activation)
        self.v_net = mlp([obs_dim] + list(hidden_sizes) + [1], activation)
        self.log_std = nn.Parameter(-0.5 * torch.ones(act_dim, dtype=torch.float32))

    def forward(self, obs):
        mu = self.mu_net(obs)
        std = torch.exp(self.log_std)
        action = mu + std * torch.randn_like(mu)
        log_prob = (-((action - mu) ** 2) / (2 * std ** 2) - std.log() - math.log(math.sqrt(2 * math.pi))).sum(axis=-1)
        value = torch.squeeze(self.v_net(obs), -1)
        return action, value, log_prob
