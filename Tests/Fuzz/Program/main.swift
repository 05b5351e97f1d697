import CLibFuzzer
import Foundation
import FuzzTargets

/// `quantbook-fuzz`: the target that QUANTBOOK_FUZZ_TARGET names, under libFuzzer, whose arguments it
/// takes; the names of all targets where the variable is not set.
enum Chosen {
  static let name = ProcessInfo.processInfo.environment["QUANTBOOK_FUZZ_TARGET"]
  static let target = FuzzTarget.all.first { $0.name == name }

  static func run(_ bytes: UnsafeBufferPointer<UInt8>) {
    do { try target?.run(Array(bytes)) } catch {
      FileHandle.standardError.write(Data("BROKEN PROMISE: \(error)\n".utf8))
      abort()
    }
  }
}

guard let target = Chosen.target else {
  for target in FuzzTarget.all {
    print(([target.name, "\(target.longest)"] + target.fixtures).joined(separator: " "))
  }
  exit(Chosen.name == nil ? 0 : 2)
}
_ = target
var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(
  LLVMFuzzerRunDriver(&count, &arguments) { start, count in
    Chosen.run(UnsafeBufferPointer(start: start, count: count))
    return 0
  })
