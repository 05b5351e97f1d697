internal import CKernels

/// Multi-head causal self-attention over a ``KeyValueCache``.
public enum CausalAttention {
  /// Appends the keys and values of `tokens` new positions to one layer of the cache, and attends
  /// from each new position to all up to itself.
  ///
  /// qkv: [tokens, 3 × width], queries, keys and values side by side; out: [tokens, width], where
  /// width is heads × headWidth. Scores are multiplied by `scale`. The positions follow
  /// `cache.count`, which the caller advances once all layers are done.
  public static func apply(
    _ qkv: UnsafeBufferPointer<Float>, tokens: Int, cache: KeyValueCache, layer: Int, scale: Float,
    into out: UnsafeMutableBufferPointer<Float>
  ) {
    let width = cache.heads * cache.headWidth
    precondition(cache.count + tokens <= cache.capacity)
    precondition(qkv.count >= tokens * 3 * width)
    precondition(out.count >= tokens * width)
    guard tokens > 0 else { return }
    var layerCache = cache.layer(layer)
    qb_causal_attention(qkv.baseAddress, tokens, cache.count, &layerCache, scale, out.baseAddress)
  }
}
