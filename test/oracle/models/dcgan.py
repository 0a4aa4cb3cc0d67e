"""Generator and discriminator, and one step of both together."""
import torch
import torch.nn as nn
from torch.nn.utils import spectral_norm


def weights_init(m):
    classname = m.__class__.__name__
    if classname.find("Conv") != -1:
        nn.init.normal_(m.weight.data, 0.0, 0.02)
    elif classname.find("BatchNorm") != -1:
        nn.init.normal_(m.weight.data, 1.0, 0.02)
        nn.init.constant_(m.bias.data, 0)


class Generator(nn.Module):
    def __init__(self, nz=32, ngf=16, nc=3, size=32):
        super().__init__()
        self.init_size = size // 8
        self.l1 = nn.Sequential(nn.Linear(nz, ngf * 4 * self.init_size ** 2))

        def block(cin, cout):
            return [nn.ConvTranspose2d(cin, cout, 4, 2, 1, bias=False), nn.BatchNorm2d(cout), nn.ReLU(True)]

        self.main = nn.Sequential(
            *block(ngf * 4, ngf * 2),
            *block(ngf * 2, ngf),
            nn.ConvTranspose2d(ngf, nc, 4, 2, 1, bias=False),
            nn.Tanh(),
        )
        self.ngf = ngf

    def forward(self, z):
        out = self.l1(z)
        out = out.view(out.shape[0], self.ngf * 4, self.init_size, self.init_size)
        img = self.main(out)
        return img


class Discriminator(nn.Module):
    def __init__(self, nc=3, ndf=16, use_sn=False):
        super().__init__()
        wrap = spectral_norm if use_sn else (lambda m: m)

        def block(cin, cout, bn=True):
            layers = [wrap(nn.Conv2d(cin, cout, 3, 2, 1)), nn.LeakyReLU(0.2, inplace=True), nn.Dropout2d(0.25)]
            if bn:
                layers.append(nn.BatchNorm2d(cout, 0.8))
            return layers

        self.model = nn.Sequential(*block(nc, ndf, bn=False), *block(ndf, ndf * 2), *block(ndf * 2, ndf * 4))
        ds_size = 32 // 2 ** 3
        self.adv_layer = nn.Sequential(wrap(nn.Linear(ndf * 4 * ds_size ** 2, 1)), nn.Sigmoid())

    def forward(self, img):
        out = self.model(img)
        out = out.view(out.shape[0], -1)
        validity = self.adv_layer(out)
        return validity


class GAN(nn.Module):
    def __init__(self, **kwargs):
        super().__init__()
        self.generator = Generator(**kwargs)
        self.discriminator = Discriminator(use_sn=True)
        self.apply(weights_init)
        self.criterion = nn.BCELoss()

    def forward(self, z):
        fake = self.generator(z)
        score = self.discriminator(fake).view(-1)
        label = torch.full((z.size(0),), 1.0, dtype=torch.float, device=z.device)
        loss = self.criterion(score, label)
        return fake, score, loss
