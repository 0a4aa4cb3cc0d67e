// What people call axes. A comment without any such name is not taken for a shape: `# (mean, std)`, `# (see paper)`.

const WORDS = new Set(
  (
    'batch batch_size batchsize bs bsz nb minibatch seq seqlen seq_len sequence length len max_len time steps timesteps ' +
    'frames tokens num_tokens n_tokens channels channel chan ch chans cin cout in_channels out_channels height width ' +
    'depth dim dims ndim d_model dmodel d_k d_v d_ff hidden hidden_size hidden_dim hid embed embed_dim embedding emb ' +
    'emb_dim embedding_dim feat feats features feature feature_dim in_features out_features heads num_heads n_heads ' +
    'nhead n_head nheads head_dim classes num_classes n_classes nclass n_cls vocab vocab_size n_vocab patches ' +
    'num_patches n_patches points num_points nodes num_nodes edges num_edges samples num_samples n_samples queries ' +
    'num_queries anchors num_anchors boxes num_boxes experts groups layers num_layers latent latent_dim z_dim mels n_mels ' +
    'freq freqs bins levels views windows num_windows window_size win ws state d_state in out input_size output_size ' +
    'in_dim out_dim bh bn bt nh hd hw thw src_len tgt_len src tgt q_len kv_len'
  ).split(' '),
);

const PATTERNS: readonly RegExp[] = [
  // B, H2, C_in, H', Cin
  /^[A-Z](\d+|_\w+|['′]+|in|out|k|q|v|h|w|p|s|t)?$/,
  // BN, HW, THW: products
  /^[BNCHWTDLSKGM]{2,3}$/,
  // b, c1, n_q
  /^[bcndhwtlskmpge](\d*|_(in|out|q|k|kv|src|tgt|h|w|t|model|head|heads|ff|state|inner))['′]*$/,
  /^(num|max|embed|emb|hidden|batch|seq|img|image|head|key|value|query|kv|ctx|context|src|tgt|n|d|dim|in|out)_[a-z]\w*$/,
  /^\w+_(len|length|size|dim|dims|channels|features|heads|classes|tokens|patches|steps|frames|height|width)$/,
];

/** Is this what somebody calls an axis? */
export function isAxisName(name: string): boolean {
  return WORDS.has(name) || WORDS.has(name.toLowerCase()) || PATTERNS.some((pattern) => pattern.test(name));
}

/** Coordinates, statistics, and other pairs that stand in brackets behind a tensor just as often. */
const OTHER_NAMES =
  /^([xyzijruv]|[xyz]\d|c[xy]|[xy](min|max)|q|dx|dy|mean|std|mu|sigma|logvar|loss|acc|left|right|top|bottom|true|false|real|imag|sin|cos|min|max|start|stop|end|step|key|value|query|weight|bias|logits|output|outputs|hidden_states|name)$/i;

const OTHER_GROUPS = ['h w', 'w h', 'h c', 'l t r b', 'r g b', 'b g r', 'c h', 'n h', 't p', 'p n', 'd w', 'c d'].map(
  (group) => [...group.split(' ')].sort().join(' '),
);

/** Names that together mean something else: `(h, w)` a size, `(R, G, B)` colours, `(h, c)` an LSTM's state. */
export function meansSomethingElse(names: readonly string[]): boolean {
  if (names.some((name) => OTHER_NAMES.test(name))) return true;
  const group = names.map((name) => name.toLowerCase()).sort();
  return OTHER_GROUPS.includes(group.join(' '));
}

/** Does an axis of this name count samples? Then the shape has its batch. */
export function isBatchName(name: string): boolean {
  return /^([BN]|b|n|bs|bsz|nb|batch\w*|\w*batch_size|num_samples|n_samples|minibatch|BS|BN|BT|BH|bt|bn|bh)$/.test(
    name,
  );
}
