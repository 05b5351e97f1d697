import Cells
import Foundation
import Kernels

extension DoctorSection {
  /// What it runs on, and which kernels and how many threads compute.
  static var machine: Self {
    var section = Self("machine")
    section.add("system", HostFacts.system)
    if let kernel = HostFacts.systemKernel { section.add("system kernel", kernel) }
    section.add("architecture", HostFacts.architecture)
    section.add("processor", HostFacts.processor)
    section.add("cores", ProcessInfo.processInfo.activeProcessorCount)
    section.add("features", HostFacts.processorFeatures)
    section.add("memory", bytes: Int(clamping: ProcessInfo.processInfo.physicalMemory))
    if let available = HostFacts.availableMemory {
      section.add("available memory", bytes: available)
    }
    do { try EngineSettings.applyEnvironment() } catch {
      section.fail(
        "\(error)", help: "unset that variable, or give it one of the values that it may have")
    }
    section.add("kernels", KernelPath.active.rawValue)
    section.add("available kernels", KernelPath.available.map(\.rawValue))
    section.add("byte products by VNNI", KernelPath.active == .avx512 && KernelPath.hasVNNI)
    section.add("threads", EngineFacts.current.threads)
    return section
  }
}
