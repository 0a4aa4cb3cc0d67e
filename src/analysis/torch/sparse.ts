// Sparse matrices, as graph networks write them; their shapes are those of dense ones.
//   torch.spmm(adj, support)          # (N, N), (N, 16) → (N, 16)
//   torch.sparse.mm(adj, support)

import type { NativeTable } from '../interp/native.ts';
import { PRODUCT, productOfRanks } from './linear.ts';
import { RESHAPING_METHODS } from './reshape.ts';

/** torch.spmm. */
export const SPARSE_PRODUCTS: NativeTable = { spmm: [PRODUCT, productOfRanks('spmm', [2, 2], true)] };

/** torch.sparse.…: sources are the pages of the same names. */
export const SPARSE: NativeTable = { mm: [PRODUCT, productOfRanks('sparse.mm', [2, 2], true)] };

const same = RESHAPING_METHODS['detach']![1];

/** Another layout of the same values. */
export const SPARSE_METHODS: NativeTable = {
  to_dense: ['input, dtype=None, *, masked_grad=None', same],
  to_sparse: ['input, *args, **kwargs', same],
  coalesce: ['input', same],
};
