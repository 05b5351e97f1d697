/// Version of the kernels' arithmetic.
public enum ArithmeticVersion {
  /// To be raised whenever a kernel's results change in their bits: figures that were kept from another
  /// version are then computed anew.
  public static let current = 1
}
