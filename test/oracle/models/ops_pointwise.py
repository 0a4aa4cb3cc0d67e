"""Operators element by element, one a line; `kind` writes a dtype as a shape, so that dtypes are held as well."""
import torch
import torch.nn as nn

CODES = {torch.float64: 64, torch.float32: 32, torch.float16: 16, torch.bfloat16: 15, torch.int64: 6, torch.int32: 5,
         torch.int16: 4, torch.int8: 3, torch.uint8: 2, torch.bool: 1, torch.complex64: 128, torch.complex128: 256}


def kind(t):
    return torch.empty(CODES[t.dtype], device="cpu")


class Unary(nn.Module):
    def forward(self, x):
        i = (x * 3).long().abs() + 1
        b = x > 0
        h = x.double()
        c = torch.view_as_complex(x.reshape(2, 6, 2))
        y = x.clamp(0.1, 0.9)
        d01, d02, d03, d04 = kind(x), kind(i), kind(b), kind(c)
        d05, d06, d07, d08 = kind(i.sqrt()), kind(i.abs()), kind(c.abs()), kind(b.float())
        d09, d10, d11, d12 = kind(torch.sin(i)), kind(torch.sigmoid(i)), kind(torch.relu(i)), kind(i.neg())
        d13, d14, d15, d16 = kind(x + i), kind(i / 2), kind(i // 2), kind(i * 2.0)
        d17, d18, d19, d20 = kind(b + b), kind(b + 1), kind(b * 1.5), kind(i ** 2)
        d21, d22, d23, d24 = kind(h + x), kind(h + i), kind(i + torch.tensor(2.5)), kind(x + torch.tensor(2.5, dtype=torch.float64))
        d25, d26, d27, d28 = kind(x.half() + x), kind(x.bfloat16() * x.half()), kind(i.int() + i), kind(i.byte() + i.char())
        d29, d30, d31, d32 = kind(x > i), kind(torch.eq(x, 1)), kind(torch.logical_and(i, b)), kind(i & i)
        d33, d34, d35, d36 = kind(~b), kind(torch.atan2(i, i)), kind(torch.true_divide(i, i)), kind(torch.floor_divide(i, 2))
        d37, d38, d39, d40 = kind(torch.where(b, x, h)), kind(torch.where(b, i, i)), kind(torch.maximum(i, x)), kind(1 - i)
        d41, d42, d43, d44 = kind(c + x[:2]), kind(c.real), kind(torch.angle(c)), kind(c * 2)
        d45, d46, d47, d48 = kind(i.exp()), kind(torch.round(x)), kind(i.softmax(-1, dtype=torch.float32)), kind(x.sign())
        d49, d50, d51, d52 = kind(x.type_as(i)), kind(x.to(torch.int32)), kind(x.to(i)), kind(x.to("cpu", torch.float64))
        d53, d54, d55, d56 = kind(torch.logit(y)), kind(torch.float_power(x, 2)), kind(torch.isnan(x)), kind(torch.isclose(x, x))
        d57, d58, d59, d60 = kind(torch.logaddexp(x, x)), kind(torch.copysign(x, x)), kind(torch.hypot(x, x)), kind(torch.gcd(i, i))
        d61, d62, d63, d64 = kind(i.clamp(min=2)), kind(torch.rsub(i, 1)), kind(torch.heaviside(x, x)), kind(i % 2)
        return x


class Shapes(nn.Module):
    def forward(self, x):
        row, col, low = x[:, :1], x[:1], torch.rand(6, 1, 3)
        s01, s02, s03, s04 = row + col, torch.mul(row, col), x * low[0].T, low + x[..., :3]
        s05, s06, s07, s08 = torch.lerp(x, row, 0.5), torch.addcmul(x, row, col), torch.addcdiv(x, row, col + 1), torch.clamp(x, row, col + 1)
        s09, s10, s11, s12 = torch.where(x > 0, row, 0.0), torch.where(row > 0, x, col), x.masked_fill(x > 0, 1), torch.xlogy(x, row)
        s13, s14, s15, s16 = torch.fmax(row, col), torch.hypot(row, col), row.add(col, alpha=2), row.sub_(0.5)
        s17, s18, s19, s20 = torch.logical_xor(row, col), torch.special.expit(x), torch.special.erfcx(x), torch.sinc(x)
        s21, s22, s23, s24 = torch.nan_to_num(x), x.logit(eps=1e-3), torch.frac(x), x.pow(2)
        s25, s26, s27, s28 = torch.pow(2, x), torch.pow(x, exponent=row), 2 ** x, x.clip(max=0.5)
        s29, s30, s31, s32 = x.clone().mul_(2).add_(1), x.clone().copy_(col), x.clone().fill_(0), torch.celu(x)
        s33, s34, s35, s36 = torch.rrelu(x), torch.threshold(x, 0.1, 0.0), nn.functional.gelu(x), x.erf()
        s37, s38, s39, s40 = torch.square(x), x.deg2rad(), torch.signbit(x), torch.polygamma(1, x + 1)
        s41, s42, s43, s44 = x.not_equal(row), x.greater(col), torch.less_equal(x, 1), torch.bernoulli(x.clamp(0, 1))
        return s01, s04
