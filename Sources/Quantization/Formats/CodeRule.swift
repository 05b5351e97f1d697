/// Which of bitsandbytes' two backends decides between neighbouring codes.
///
/// NF4 has the same thresholds in both. They differ in FP4 near zero, where the sign of zero is
/// coded, and at ties; in the codes of quantized absmax; and in a short last block, which the CPU
/// divides by its absmax and CUDA multiplies by the reciprocal. Source: bitsandbytes 0.50,
/// `backends/default/ops.py` and `csrc/cpu_ops.cpp` (run), `csrc/kernels.cu` (read).
public enum CodeRule: String, Hashable, Sendable, CaseIterable {
  /// FP4 ties go to the lower value; quantized absmax by a table of 65536 bins.
  case cpu
  /// FP4 ties go towards zero; quantized absmax by the nearest entry. An all-zero block keeps the
  /// code of 0, where CUDA divides zero by zero; its weights are 0 in both.
  case cuda
}
