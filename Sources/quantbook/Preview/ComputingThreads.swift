import Dispatch

/// Threads for what computes, beside Swift's own: those are as many as the machine has cores, and a
/// server whose threads all compute does not answer.
final class ComputingThreads: TaskExecutor {
  private let queue = DispatchQueue(label: "computing", attributes: .concurrent)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
