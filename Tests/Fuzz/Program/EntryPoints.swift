import Foundation
import FuzzTargets

// What libFuzzer, whose `main` the program has, calls: https://llvm.org/docs/LibFuzzer.html.

/// The target that QUANTBOOK_FUZZ_TARGET names.
private enum Chosen {
  static let name = ProcessInfo.processInfo.environment["QUANTBOOK_FUZZ_TARGET"]
  static let target = FuzzTarget.all.first { $0.name == name }
}

/// Where no target is named, prints a line for each: name, longest input, folders of further seeds.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutableRawPointer, _ arguments: UnsafeMutableRawPointer)
  -> CInt
{
  if Chosen.target != nil { return 0 }
  for target in FuzzTarget.all {
    print(([target.name, "\(target.longest)"] + target.fixtures).joined(separator: " "))
  }
  exit(Chosen.name == nil ? 0 : 2)
}

@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ start: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  do {
    try Chosen.target?.run(Array(UnsafeBufferPointer(start: start, count: size)))
  } catch {
    FileHandle.standardError.write(Data("BROKEN PROMISE: \(error)\n".utf8))
    abort()
  }
  return 0
}
