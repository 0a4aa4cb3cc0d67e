// DataLoaders: batches of a dataset that is known, with its transforms.

import assert from 'node:assert/strict';
import { analyse, imports } from '../support.ts';
import { checkSample, digits, needy, net, type Sample } from './roots.ts';

const vision = `from torch.utils.data import DataLoader, Dataset, TensorDataset, Subset, ConcatDataset, random_split
from torchvision import datasets, transforms
import torchvision.transforms as T
`;

/** A sample of which only the transform and the dataset matter, and what `show` then gets. */
const batch = (dataset: string, shape: string, rest = ''): Sample => ({
  what: dataset,
  text: `${vision}${rest}
class Show(nn.Module):
    def forward(self, x):
        return x.relu()
for images, labels in DataLoader(${dataset}, batch_size=8, shuffle=True):
    Show()(images)
`,
  roots: shape === '' ? ['Show() (…) layers'] : [`Show ${shape} loader`],
});

const own = (getItem: string, init = 'pass'): string => `
from PIL import Image
class Own(Dataset):
    def __init__(self, paths=None, transform=None):
        self.paths = paths
        self.transform = transform
        ${init}
    def __len__(self):
        return len(self.paths)
    def __getitem__(self, index):
        ${getItem}
`;

const samples: readonly Sample[] = [
  batch("datasets.MNIST('data', train=True, download=True, transform=T.ToTensor())", '(B, 1, 28, 28)'),
  batch("datasets.FashionMNIST('data', False, T.Compose([T.Resize(32), T.ToTensor()]))", '(B, 1, 32, 32)'),
  batch(
    "datasets.CIFAR10('data', transform=T.Compose([T.RandomCrop(32, padding=4), T.RandomHorizontalFlip(), T.ToTensor(), T.Normalize((0.5,) * 3, (0.5,) * 3)]))",
    '(B, 3, 32, 32)',
  ),
  batch("datasets.SVHN('data', split='train', transform=T.Compose([T.Grayscale(), T.ToTensor()]))", '(B, 1, 32, 32)'),
  batch("datasets.STL10('data', transform=T.Compose([T.Resize((48, 64)), T.ToTensor()]))", '(B, 3, 48, 64)'),
  batch(
    "datasets.ImageFolder('train', T.Compose([T.RandomResizedCrop(224), T.AutoAugment(), T.ToTensor()]))",
    '(B, 3, 224, 224)',
  ),
  batch(
    "datasets.ImageFolder('train', transform=T.Compose([T.Resize(256), T.CenterCrop(224), T.ToTensor()]))",
    '(B, 3, 224, 224)',
  ),
  batch("datasets.ImageFolder('train', transform=T.Compose([T.Resize(256), T.ToTensor()]))", '(B, 3, H, W)'),
  batch("datasets.CelebA('data', transform=T.Compose([T.Resize(64), T.ToTensor()]))", '(B, 3, 78, 64)'),
  batch(
    "datasets.Flowers102('data', transform=T.Compose([T.Resize([100, 120]), T.Pad(2), T.ToTensor()]))",
    '(B, 3, 104, 124)',
  ),
  batch('datasets.FakeData(100, (3, 50, 60), 10, T.ToTensor())', '(B, 3, 50, 60)'),
  batch("datasets.USPS('data', transform=T.Compose([T.Pad((1, 2, 3, 4)), T.ToTensor()]))", '(B, 1, 22, 20)'),
  batch("datasets.MNIST('data', transform=T.Compose([T.ToTensor(), T.Lambda(lambda x: x.view(-1))]))", '(B, 784)'),
  batch(
    "datasets.MNIST('data', transform=T.Compose([T.Grayscale(num_output_channels=3), T.RandomRotation(10), T.ToTensor()]))",
    '(B, 3, 28, 28)',
  ),
  batch(
    "datasets.CIFAR100('data', transform=v2.Compose([v2.ToImage(), v2.RandomResizedCrop(size=(40, 40), antialias=True), v2.ToDtype(torch.float32, scale=True)]))",
    '(B, 3, 40, 40)',
    'from torchvision.transforms import v2\n',
  ),
  batch(
    "datasets.CIFAR10('data', transform=T.Compose([T.RandomApply([T.CenterCrop(20)]), T.ToTensor()]))",
    '(B, 3, H, W)',
  ),
  batch(
    "datasets.CIFAR10('data', transform=Cut())",
    '(B, 3, 16, 16)',
    `
class Cut:
    def __call__(self, picture):
        return T.ToTensor()(picture)[:, :16, :16]
`,
  ),
  batch("datasets.CIFAR10('data')", ''),
  batch("Unheard('data', transform=T.ToTensor())", '', 'from elsewhere import Unheard\n'),
  batch("datasets.CIFAR10('data', transform=make_transform())", '', 'from elsewhere import make_transform\n'),
  batch('TensorDataset(torch.randn(100, 7), torch.zeros(100).long())', '(B, 7)'),
  batch('TensorDataset(torch.randn(80, 7), torch.zeros(80).long())', '(8, 7)'),
  batch('Subset(datasets.MNIST(".", transform=T.ToTensor()), range(100))', '(B, 1, 28, 28)'),
  batch('random_split(datasets.MNIST(".", transform=T.ToTensor()), [50000, 10000])[1]', '(8, 1, 28, 28)'),
  batch(
    'ConcatDataset([datasets.MNIST(".", transform=T.ToTensor()), datasets.KMNIST(".", transform=T.ToTensor())])',
    '(B, 1, 28, 28)',
  ),
  batch('Own()', '(B, 5)', own('return torch.randn(5), 0')),
  batch(
    'Own(["a.png"], T.Compose([T.Resize((64, 64)), T.ToTensor()]))',
    '(B, 3, 64, 64)',
    own(`picture = Image.open(self.paths[index]).convert('RGB')
        if self.transform is not None:
            picture = self.transform(picture)
        return picture, self.paths[index].endswith('1.png')`),
  ),
  batch(
    'Own()',
    '(B, 12)',
    own('return self.rows[index], self.labels[index]', 'self.rows, self.labels = torch.zeros(9, 12), torch.zeros(9)'),
  ),
  batch('Own()', '', own('return self.rows[index], 1', 'self.rows = load_rows()')),
  {
    what: 'a training function with tqdm, enumerate and a device',
    text: `${vision}from tqdm import tqdm${digits}
def train(model, loader, device):
    model.train()
    for step, (images, labels) in enumerate(tqdm(loader, desc='train')):
        images, labels = images.to(device), labels.to(device)
        loss = nn.CrossEntropyLoss()(model(images), labels)
        loss.backward()
        if step % 100 == 0:
            print(loss.item())

def main():
    data = datasets.MNIST('data', transform=transforms.ToTensor())
    loader = DataLoader(data, batch_size=64, shuffle=True, num_workers=2)
    device = torch.device('cuda')
    model = Net().to(device)
    for epoch in range(10):
        train(model, loader, device)
`,
    roots: ['Net (B, 1, 28, 28) loader'],
  },
  {
    what: 'the last batch is dropped: every batch is full',
    text: `${vision}${digits}
for x, y in DataLoader(datasets.MNIST('.', transform=T.ToTensor()), 32, drop_last=True):
    Net()(x)
`,
    roots: ['Net (32, 1, 28, 28) loader'],
  },
  {
    what: 'next(iter(loader))',
    text: `${vision}${digits}
loader = torch.utils.data.DataLoader(datasets.MNIST('.', transform=T.ToTensor()), batch_size=4)
images, labels = next(iter(loader))
Net()(images)
`,
    roots: ['Net (B, 1, 28, 28) loader'],
  },
  {
    what: 'classes of a dataset are counted',
    text: `${vision}${needy}
data = datasets.CIFAR100('.', transform=T.ToTensor())
model = Net(len(data.classes))
x, y = data[0]
model(x.unsqueeze(0))
`,
    roots: ['Net (1, 3, 32, 32) call'],
  },
  {
    what: "a collate function of the user's",
    text: `${vision}${digits}
def together(samples):
    images = torch.stack([image for image, label in samples])
    return images.flatten(2), torch.tensor([label for image, label in samples])
for x, y in DataLoader(datasets.MNIST('.', transform=T.ToTensor()), 32, collate_fn=together):
    Net()(x)
`,
    roots: ['Net (B, 1, 784) loader'],
  },
  {
    what: 'a wrong size is an error',
    text: `${vision}${digits}
for x, y in DataLoader(datasets.CIFAR10('.', transform=T.ToTensor()), 32):
    Net()(x)
`,
    roots: ['Net (B, 3, 32, 32) loader'],
    errors: ['linear-features'],
  },
  {
    what: 'torchvision that is installed: its datasets would want files, the table does not',
    text: `import torchvision${digits}
data = torchvision.datasets.MNIST('.', transform=torchvision.transforms.ToTensor())
for x, y in torch.utils.data.DataLoader(data, 32):
    Net()(x)
`,
    others: {
      'torchvision/__init__.py': 'from torchvision import datasets, transforms',
      'torchvision/datasets/__init__.py': 'from .mnist import MNIST',
      'torchvision/datasets/mnist.py': 'class MNIST:\n    def __init__(self, *a, **k): raise RuntimeError("not found")',
      'torchvision/transforms/__init__.py': 'from .transforms import *',
    },
    roots: ['Net (B, 1, 28, 28) loader'],
  },
  {
    what: 'a loader that a function gives',
    text: `${vision}${net}
def loaders(size=48):
    t = T.Compose([T.Resize((size, size)), T.ToTensor()])
    train = datasets.ImageFolder('train', transform=t)
    return {'train': DataLoader(train, batch_size=4), 'val': DataLoader(train, batch_size=4)}

def main():
    all = loaders()
    model = Net(4)
    for phase in ['train', 'val']:
        for inputs, labels in all[phase]:
            with torch.set_grad_enabled(phase == 'train'):
                model(inputs)
`,
    roots: ['Net (B, 3, 48, 48) loader'],
  },
];

describe('loaders', () => {
  for (const sample of samples) it(sample.what, () => checkSample(sample));

  it('say what the batch is', async () => {
    const { snapshot } = await analyse(`${imports}${vision}${digits}
loader = DataLoader(datasets.MNIST('.', transform=T.ToTensor()), batch_size=64)
for x, y in loader:
    Net()(x)
`);
    const [root] = snapshot.roots;
    assert.deepEqual(root?.inputs[0]?.notes, ['B ≤ 64: batches of MNIST have 64 samples, and the last may have fewer']);
    assert.equal(root?.loader?.dataset, 'MNIST');
    assert.equal(root?.loader?.source?.line, 14);
    assert.deepEqual(root?.macsAt, { B: 1 });
    assert.equal(root?.macs, 7840);
  });
});
