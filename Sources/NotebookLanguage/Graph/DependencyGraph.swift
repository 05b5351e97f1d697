/// Which node needs which, and an order in which each comes after what it needs.
///
/// It knows nothing of notebooks: nodes are numbers.
public struct DependencyGraph: Hashable, Sendable {
  /// For each node, the nodes whose results it needs.
  public let inputs: [[Int]]

  public init(inputs: [[Int]]) { self.inputs = inputs }

  /// What can be run, and what cannot.
  public struct Order: Hashable, Sendable {
    /// Every node that is in no circle and needs none that is, each after what it needs; among those
    /// that are free to go, the lower number first.
    public var runnable: [Int]
    /// One circle of nodes, each needing the next, where there is one.
    public var circle: [Int]
  }

  public var order: Order {
    var runnable: [Int] = []
    var isDone = [Bool](repeating: false, count: inputs.count)
    var madeProgress = true
    while madeProgress {
      madeProgress = false
      for node in inputs.indices where !isDone[node] && inputs[node].allSatisfy({ isDone[$0] }) {
        isDone[node] = true
        runnable.append(node)
        madeProgress = true
        // Start again from the lowest number, so that document order holds wherever it can.
        break
      }
    }
    guard let start = isDone.firstIndex(of: false) else {
      return Order(runnable: runnable, circle: [])
    }
    // Every unfinished node needs an unfinished one, so walking on must come back.
    var path: [Int] = []
    var node = start
    while !path.contains(node) {
      path.append(node)
      guard let next = inputs[node].first(where: { !isDone[$0] }) else { break }
      node = next
    }
    let circle = path.firstIndex(of: node).map { Array(path[$0...]) } ?? path
    return Order(runnable: runnable, circle: circle)
  }
}
