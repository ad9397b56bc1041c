/// The name and the labels of a time series: what tells it from all others.
///
/// The name is the label `__name__`. Labels are kept sorted by name, and a label with an empty
/// value is the same as none, as in Prometheus.
public struct MetricLabels: Sendable, Hashable {
  /// One label.
  public struct Label: Sendable, Hashable {
    /// The label's name.
    public let name: String
    /// The label's value, never empty.
    public let value: String
  }

  /// The label that holds the name of the metric.
  public static let nameLabel = "__name__"

  /// The labels, sorted by name.
  public private(set) var all: [Label]

  /// No labels at all.
  public init() { all = [] }

  /// The labels `pairs`; of two with one name the later counts.
  public init(_ pairs: [(String, String)]) {
    all = []
    for (name, value) in pairs { self[name] = value }
  }

  /// The series called `name` with the labels `pairs`.
  public init(_ name: String, _ pairs: KeyValuePairs<String, String> = [:]) {
    self.init([(Self.nameLabel, name)] + pairs.map { ($0.key, $0.value) })
  }

  private init(sorted: [Label]) { all = sorted }

  /// The value of the label `name`; empty where there is none.
  public subscript(name: String) -> String {
    get { all.first { $0.name == name }?.value ?? "" }
    set {
      let place = all.firstIndex { $0.name >= name } ?? all.count
      let isThere = place < all.count && all[place].name == name
      if newValue.isEmpty {
        if isThere { all.remove(at: place) }
      } else if isThere {
        all[place] = Label(name: name, value: newValue)
      } else {
        all.insert(Label(name: name, value: newValue), at: place)
      }
    }
  }

  /// The name of the metric.
  public var name: String { self[Self.nameLabel] }

  /// The labels without those called `names`.
  public func without(_ names: [String]) -> MetricLabels {
    MetricLabels(sorted: all.filter { !names.contains($0.name) })
  }

  /// Only the labels called `names`.
  public func keeping(_ names: [String]) -> MetricLabels {
    MetricLabels(sorted: all.filter { names.contains($0.name) })
  }

  /// The labels without the name of the metric.
  public var unnamed: MetricLabels { without([Self.nameLabel]) }
}

extension MetricLabels: Comparable {
  /// Whether the left labels come first when each is compared with its counterpart.
  public static func < (left: MetricLabels, right: MetricLabels) -> Bool {
    for (one, other) in zip(left.all, right.all) {
      if one.name != other.name { return one.name < other.name }
      if one.value != other.value { return one.value < other.value }
    }
    return left.all.count < right.all.count
  }
}

extension MetricLabels: CustomStringConvertible {
  /// All labels in braces, the name among them, as Prometheus prints a result in a test.
  public var description: String {
    "{" + all.map { "\($0.name)=\(GoText.quoted($0.value))" }.joined(separator: ", ") + "}"
  }

  /// The labels as they are typed in a query: `requests_total{code="500"}`.
  public var selector: String {
    let rest = unnamed.all.map { "\($0.name)=\(GoText.quoted($0.value))" }
    return name + (rest.isEmpty && !name.isEmpty ? "" : "{" + rest.joined(separator: ",") + "}")
  }
}
