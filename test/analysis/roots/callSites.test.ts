// Call sites: functions that are handed a model and what it is fed.

import { checkSample, needy, net, type Sample } from './roots.ts';

const samples: readonly Sample[] = [
  {
    what: 'torchsummary puts a batch in front',
    text: `from torchsummary import summary${net}summary(Net(), (3, 32, 32))`,
    roots: ['Net (B, 3, 32, 32) call'],
  },
  {
    what: 'torchsummary with several inputs',
    text: `from torchsummary import summary
class Two(nn.Module):
    def forward(self, a, b):
        return torch.cat([a, b], 1)
summary(Two(), [(3, 8, 8), (5, 8, 8)], device='cpu')`,
    roots: ['Two (B, 3, 8, 8),(B, 5, 8, 8) call'],
  },
  {
    what: 'torchinfo takes sizes as they are',
    text: `import torchinfo${net}print(torchinfo.summary(Net(16), input_size=(1, 3, 32, 32), verbose=0))`,
    roots: ['Net (1, 3, 32, 32) call'],
  },
  {
    what: 'torchinfo with a batch axis of its own',
    text: `from torchinfo import summary${net}summary(Net(), (3, 16, 16), batch_dim=0)`,
    roots: ['Net (1, 3, 16, 16) call'],
  },
  {
    what: 'torchinfo with data',
    text: `from torchinfo import summary${net}summary(Net(), input_data=torch.zeros(2, 3, 9, 9))`,
    roots: ['Net (2, 3, 9, 9) call'],
  },
  {
    what: 'torchinfo with dtypes',
    text: `from torchinfo import summary
class Words(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(100, 16)
    def forward(self, ids, mask):
        return self.table(ids) * mask
summary(Words(), [(2, 7), (2, 7, 1)], dtypes=[torch.long, torch.float])`,
    roots: ['Words (2, 7),(2, 7, 1) call'],
  },
  {
    what: 'thop',
    text: `from thop import profile, clever_format${net}macs, params = profile(Net(), inputs=(torch.randn(1, 3, 32, 32),))`,
    roots: ['Net (1, 3, 32, 32) call'],
  },
  {
    what: 'fvcore',
    text: `from fvcore.nn import FlopCountAnalysis${net}flops = FlopCountAnalysis(Net(), torch.randn(1, 3, 32, 32))\nprint(flops.total())`,
    roots: ['Net (1, 3, 32, 32) call'],
  },
  {
    what: 'ptflops puts one in front',
    text: `from ptflops import get_model_complexity_info${net}m, p = get_model_complexity_info(Net(), (3, 64, 64), as_strings=True)`,
    roots: ['Net (1, 3, 64, 64) call'],
  },
  {
    what: 'torchview',
    text: `from torchview import draw_graph${net}draw_graph(Net(), input_size=(1, 3, 32, 32), expand_nested=True)`,
    roots: ['Net (1, 3, 32, 32) call'],
  },
  {
    what: 'SummaryWriter.add_graph',
    text: `from torch.utils.tensorboard import SummaryWriter${net}
writer = SummaryWriter('runs/1')
writer.add_scalar('loss', 0.1, 1)
writer.add_graph(Net(), torch.rand(1, 3, 10, 10))
writer.close()`,
    roots: ['Net (1, 3, 10, 10) call'],
  },
  {
    what: 'torch.onnx.export with one tensor',
    text: `${net}torch.onnx.export(Net(), torch.randn(1, 3, 32, 32), 'net.onnx', opset_version=17)`,
    roots: ['Net (1, 3, 32, 32) call'],
  },
  {
    what: 'torch.onnx.export with a tuple that ends in keywords',
    text: `import torch.onnx
class Two(nn.Module):
    def forward(self, a, b):
        return a + b
torch.onnx.export(Two(), (torch.randn(1, 4), {'b': torch.randn(3, 4)}), 'two.onnx')`,
    roots: ['Two (1, 4),(3, 4) call'],
  },
  {
    what: 'torch.onnx.export of dynamo',
    text: `${net}torch.onnx.export(Net(), (), 'net.onnx', kwargs={'x': torch.randn(1, 3, 8, 8)}, dynamo=True)`,
    roots: ['Net (1, 3, 8, 8) call'],
  },
  {
    what: 'torch.jit.trace gives the model back',
    text: `${net}traced = torch.jit.trace(Net().eval(), torch.rand(1, 3, 20, 20))\ntraced(torch.rand(4, 3, 20, 20))\ntraced.save('net.pt')`,
    roots: ['Net (1, 3, 20, 20) call', 'Net (4, 3, 20, 20) call'],
  },
  {
    what: 'torch.jit.script, torch.compile and symbolic_trace give it back',
    text: `import torch.fx${net}
torch.jit.script(Net())(torch.rand(1, 3, 20, 20))
torch.compile(Net(), mode='max-autotune')(torch.rand(2, 3, 20, 20))
torch.fx.symbolic_trace(Net())(torch.rand(3, 3, 20, 20))`,
    roots: ['Net (1, 3, 20, 20) call', 'Net (2, 3, 20, 20) call', 'Net (3, 3, 20, 20) call'],
  },
  {
    what: 'torch.export.export',
    text: `from torch.export import export${net}program = export(Net(), (torch.randn(1, 3, 32, 32),))`,
    roots: ['Net (1, 3, 32, 32) call'],
  },
  {
    what: 'DataParallel is the model, and its module',
    text: `${net}
model = nn.DataParallel(Net())
model(torch.rand(1, 3, 20, 20))
model.module(torch.rand(2, 3, 20, 20))`,
    roots: ['Net (1, 3, 20, 20) call', 'Net (2, 3, 20, 20) call'],
  },
  {
    what: 'deepcopy, to, eval',
    text: `import copy${net}
device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
ema = copy.deepcopy(Net()).to(device).eval()
ema(torch.rand(1, 3, 20, 20).to(device))`,
    roots: ['Net (1, 3, 20, 20) call'],
  },
  {
    what: 'keyword arguments are inputs too',
    text: `${net}Net()(x=torch.rand(1, 3, 20, 20))`,
    roots: ['Net (1, 3, 20, 20) call'],
  },
  {
    what: 'a batch whose size is not known is B',
    text: `import os${net}n = int(os.environ['N'])\nNet()(torch.rand(n, 3, 20, 20))`,
    roots: ['Net (B, 3, 20, 20) call'],
  },
  {
    what: 'a size that is not known tells nothing',
    text: `from torchinfo import summary\nimport os${net}summary(Net(), input_size=(1, 3, int(os.environ['S']), 8))`,
    roots: ['Net() (B, 3, H, W) layers'],
  },
  {
    what: "an error on the way is PyTorch's too",
    text: `from torchsummary import summary${needy}summary(Net(4), (1, 32, 32))`,
    roots: ['Net (B, 1, 32, 32) call'],
    errors: ['conv-channels'],
  },
  {
    what: 'inside try, a call that fails is no root',
    text: `${net}
try:
    Net()(torch.rand(1, 5, 8, 8))
except RuntimeError:
    pass`,
    roots: ['Net() (B, 3, H, W) layers'],
  },
];

describe('call sites', () => {
  for (const sample of samples) it(sample.what, () => checkSample(sample));
});
