import Foundation

/// What differs between two results files: figures against their errors, parameters, machines.
///
/// A perplexity or another computed figure differs where its change exceeds a tolerance and two of its
/// standard errors do not make up for it; times and resident memory are measurements of a machine and
/// are told, but only as ratios can they be compared.
public struct ResultsDifference: Sendable {
  /// A figure of both files, or of one.
  public struct Figure: Sendable {
    /// As expressions call it: `results.nf4.perplexity.after.value`.
    public var path: String
    public var old: Double?
    public var new: Double?
    /// Standard error of the newer figure, where it has one.
    public var error: Double?
    public var kind: Kind
    /// 95 % intervals of ratios of times.
    var oldInterval: ClosedRange<Double>?
    var newInterval: ClosedRange<Double>?

    /// Change over the old figure; nil where that makes no sense.
    public var relativeChange: Double? {
      guard let old, let new, old != 0, (new - old).isFinite else { return nil }
      return (new - old) / abs(old)
    }

    /// Change in standard errors of the newer figure.
    public var standardErrors: Double? {
      guard let old, let new, let error, error > 0, (new - old).isFinite else { return nil }
      return (new - old) / error
    }
  }

  /// How two values of a figure may be compared.
  public enum Kind: Sendable {
    /// The same everywhere, up to rounding.
    case computed
    /// A measurement of a machine: a time, resident memory.
    case measured
    /// A ratio of two measurements of one machine.
    case ratio
    /// How uncertain another figure is: its error, the ends of its interval.
    case uncertainty
  }

  /// A setting or fact of the run that is not the same.
  public struct Setting: Sendable {
    /// `parameter`, `engine` or `host`.
    public var subject: String
    public var name: String
    public var old: String?
    public var new: String?
  }

  public var settings: [Setting]
  /// Figures that are not equal, bit by bit.
  public var figures: [Figure]
  /// How many figures are equal.
  public var equalCount: Int
  /// Values that were changed by hand, each with the path of its file.
  public var edited: [(value: String, file: String)]

  public init(from old: CommittedResults, to new: CommittedResults) {
    settings =
      Self.settings("parameter", old.parameters, new.parameters)
      + Self.settings("engine", old.engine, new.engine)
      + Self.settings("host", old.host, new.host).filter { $0.name != "date" }
    let before = FigureList(old).figures
    let after = FigureList(new).figures
    var figures: [Figure] = []
    var equalCount = 0
    for path in Set(before.keys).union(after.keys).sorted() {
      let (one, other) = (before[path], after[path])
      if let one, let other, one.value == other.value || (one.value.isNaN && other.value.isNaN) {
        equalCount += 1
        continue
      }
      figures.append(
        Figure(
          path: path, old: one?.value, new: other?.value, error: other?.error ?? one?.error,
          kind: FigureList.kind(of: path), oldInterval: one?.interval,
          newInterval: other?.interval))
    }
    self.figures = figures
    self.equalCount = equalCount
    edited = [old, new].flatMap { file in file.editedValues.map { ($0, file.path) } }
  }

  private static func settings(
    _ subject: String, _ old: [String: String], _ new: [String: String]
  ) -> [Setting] {
    Set(old.keys).union(new.keys).sorted().compactMap { name in
      old[name] == new[name]
        ? nil : Setting(subject: subject, name: name, old: old[name], new: new[name])
    }
  }
}

extension ResultsDifference {
  /// How far figures may move before a run counts as not reproduced.
  public struct Tolerance: Sendable {
    /// Of computed figures, relative: another instruction set moves last digits.
    public var computed = 0.005
    /// Of ratios of times, relative: how far their intervals may lie apart.
    public var ratio = 0.5
    /// Of ratios of times without an interval, or taken while the machine was busy, relative.
    public var looseRatio = 2.0

    public init() {}
  }

  /// Ratios of times that are compared as plain numbers.
  public var looseRatios: Int {
    figures.count { $0.isLooseRatio && $0.old != nil && $0.new != nil }
  }

  /// The figures that moved more than they may. Measurements of a machine and errors never count;
  /// ratios of times do where their intervals lie apart by more than the tolerance, or, without
  /// intervals or on a busy machine, where one is more than so much larger than the other; a figure that
  /// is there in one file only always counts.
  public func violations(of tolerance: Tolerance) -> [Figure] {
    figures.filter { figure in
      guard figure.old != nil, figure.new != nil else { return true }
      switch figure.kind {
      case .measured, .uncertainty: return false
      case .computed: return figure.moved(by: tolerance.computed)
      case .ratio:
        guard let old = figure.oldInterval, let new = figure.newInterval else {
          return figure.isFarther(than: tolerance.looseRatio)
        }
        return new.lowerBound > old.upperBound * (1 + tolerance.ratio)
          || new.upperBound * (1 + tolerance.ratio) < old.lowerBound
      }
    }
  }
}

extension ResultsDifference.Figure {
  /// Whether it is a ratio of times that has no interval in one of the files, or was taken while the
  /// machine was busy.
  public var isLooseRatio: Bool { kind == .ratio && (oldInterval == nil || newInterval == nil) }

  /// Whether one of two positive figures is larger than the other by more than a share of it.
  fileprivate func isFarther(than share: Double) -> Bool {
    guard let old, let new, old > 0, new > 0, old.isFinite, new.isFinite else { return true }
    return max(old, new) > min(old, new) * (1 + share)
  }

  /// Whether the change is more than a share of the old figure.
  fileprivate func moved(by share: Double) -> Bool {
    if let change = relativeChange { return abs(change) > share }
    // From zero, or from or to infinity and NaN.
    guard let old, let new, (new - old).isFinite else { return true }
    return abs(new - old) > share
  }
}
