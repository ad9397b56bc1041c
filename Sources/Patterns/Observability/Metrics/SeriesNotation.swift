import Kernel

/// Samples as the unit tests of Prometheus write them: `0+10x5 _ 3 stale`.
///
/// `a+bxn` are n + 1 samples from a, each b more; `axn` n + 1 times a; `_` no sample, `_xn` n times
/// none; `stale` the end of the series.
public enum SeriesNotation {
  /// The values that `text` stands for, nil where there is no sample.
  public static func values(_ text: String) throws(Diagnostic) -> [Double?] {
    var values: [Double?] = []
    for word in text.split(whereSeparator: \.isWhitespace) {
      guard let more = expanded(String(word)) else {
        throw Diagnostic(
          "'\(word)' is no sample.", found: String(word),
          expected: "a number, 0+10x5, 3x4, _, _x4 or stale")
      }
      values += more
      guard values.count <= 1_000_000 else {
        throw Diagnostic("At most 1,000,000 samples can be written.", found: "\(values.count)")
      }
    }
    return values
  }

  private static func expanded(_ word: String) -> [Double?]? {
    if word == "stale" { return [SeriesStore.stale] }
    if word == "_" { return [nil] }
    guard let cross = word.lastIndex(of: "x") else { return GoText.number(word).map { [$0] } }
    guard let times = Int(word[word.index(after: cross)...]), times >= 0, times <= 1_000_000
    else { return nil }
    let left = word[..<cross]
    if left == "_" { return Array(repeating: nil, count: times) }
    if let value = GoText.number(String(left)) { return Array(repeating: value, count: times + 1) }
    for place in left.indices.dropFirst() where left[place] == "+" || left[place] == "-" {
      guard let start = GoText.number(String(left[..<place])),
        let step = GoText.number(String(left[place...]))
      else { continue }
      var value = start
      var values: [Double?] = [value]
      for _ in 0..<times {
        value += step
        values.append(value)
      }
      return values
    }
    return nil
  }
}

extension SeriesStore {
  /// Adds a series written as the unit tests of Prometheus write it, a sample each `interval`
  /// milliseconds from the start, up to and including `end`.
  public mutating func load(
    _ series: String, _ notation: String, interval: Int64, through end: Int64 = .max
  ) throws(Diagnostic) {
    let labels = try PromParser.series(series)
    for (number, value) in try SeriesNotation.values(notation).enumerated() {
      let time = Int64(number) * interval
      if let value, time <= end { append(labels, value, at: time) }
    }
  }
}
