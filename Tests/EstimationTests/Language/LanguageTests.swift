import Testing

@testable import Estimation

@Suite("What the language means") struct LanguageTests {
  /// Programs, the last line of which comes to the text beside it.
  static let meanings: [(program: String, text: String)] = [
    // Precedence
    ("2 + 3 * 4", "14"), ("2 * 3 ^ 2", "18"), ("-2 ^ 2", "-4"), ("2 ^ 3 ^ 2", "512"),
    ("10 / 2 / 5", "1"), ("(2 + 3) * 4", "20"), ("10 - 3 - 2", "5"), ("2 * -3", "-6"),
    // Magnitudes touch their number
    ("2M", "2 million"), ("3.5k", "3,500"), ("1e9", "1 billion"), ("12_000", "12,000"),
    ("1,234,567", "1.235 million"), ("5 million users", "5 million users"),
    ("2 billion", "2 billion"), ("40%", "40%"), ("100 GB * 5%", "5 GB"), ("$4,300", "$4,300"),
    // Units
    ("3.5 GiB/hour -> MB/s", "1.044 MB/s"), ("1 GiB -> GB", "1.074 GB"),
    ("200 GB -> kB", "200 million kB"), ("8 bit -> B", "1 B"), ("1 Gbit/s -> MB/s", "125 MB/s"),
    ("1 day -> s", "86,400 s"), ("1 month -> days", "30 days"), ("1 year -> days", "365 days"),
    ("12_000 requests/s * 20 ms", "240 requests"), ("5 users", "5 users"), ("1 users", "1 user"),
    ("500M users * 20 messages/user/day -> messages/s", "115,741 messages/s"),
    ("5000 qps", "5,000 queries/s"), ("10 Gbps -> GB/s", "1.25 GB/s"),
    ("2 GB * 3", "6 GB"), ("1500 GB", "1.5 TB"), ("1500 GiB", "1.465 TiB"),
    ("1500 GB -> GB", "1,500 GB"), ("0.004 s", "4 ms"), ("90 s", "90 s"), ("7200 s", "2 hours"),
    ("4 GB per server", "4 GB/server"), ("(4 GB)^2", "16 GB^2"), ("sqrt(9 s * 4 s)", "6 s"),
    ("10 GB/s * 2 min", "1.2 TB"), ("unit tweet; 5 tweets", "5 tweets"),
    ("unit fish, fish_shoal; 2 fish_shoal", "2 fish_shoal"),
    ("unit bundle = 500 messages; 3 bundles -> messages", "1,500 messages"),
    ("unit month = 31 days; 1 month -> days", "31 days"),
    // Names
    ("users = 50M users; users * 2", "100 million users"),
    ("users = 50M users; 5 messages/user * users", "250 million messages"),
    ("n = 5; n = 6; n * 2", "12"), ("a = c_ * 2; c_ = 4; a", "8"),
    ("5 GB; _ * 2", "10 GB"), ("5; 6; _ + 1", "7"),
    ("shards = ceil(5 TB / 2 TB); shards + 1", "4"),
    ("storage = 4 TB; storage / shard", "4 TB/shard"),
    // Choosing and rounding
    ("ceil(240.0000000001)", "240"), ("ceil(240.01)", "241"), ("floor(2.99)", "2"),
    ("round(2.5 GB)", "3 GB"), ("ceil(3.2 days)", "4 days"), ("min(3 ms, 500 us)", "0.5 ms"),
    ("max(3 ms, 500 us)", "3 ms"), ("if(3 GB > 2 GB, 1, 2)", "1"), ("3 GB > 2 GB", "yes"),
    ("3 GB <= 2 GB", "no"), ("abs(3 GB - 5 GB)", "2 GB"),
    // Ranges
    ("5 to 10", "5 to 10, median 7.1"), ("5 to 10 GB", "5 to 10 GB, median 7.1"),
    ("100 MB to 1 GB", "100 to 1,000 MB, median 320"), ("-5 to 5", "-5 to 5, median 0"),
    ("40 to 60%", "40% to 60%, median 49%"), ("5 to 5 GB", "5 GB"),
    ("x = 5 to 10; x / x", "1"), ("x = 2 to 8; x^2", "4 to 64, median 16"),
    ("x = 2 to 8 GB; 1.2 TB / x", "150 to 600, median 300"),
    ("normal(10 ms, 2 ms) + normal(5 ms, 1 ms)", "11 to 19 ms, median 15"),
  ]

  @Test("a program comes to what it should", arguments: meanings)
  func meaning(_ program: String, _ text: String) throws {
    #expect(try Programs.text(program.replacing("; ", with: "\n")) == text)
  }

  @Test("a name that is said anew changes all that depends on it")
  func redefinition() throws {
    var model = EstimateModel()
    try model.add(SourceText("a = 5\nb2 = a * 2\nc2 = b2 + 1"))
    try model.add(SourceText("a = 7"))
    #expect(try Estimator(model).outcome(of: "c2")?.figure?.middle == 15)
    #expect(model.names == ["a", "b2", "c2"])
  }

  @Test("a refused text changes nothing")
  func refusal() throws {
    var model = EstimateModel()
    try model.add(SourceText("a = 5"))
    #expect(throws: EstimateComplaint.self) { try model.add(SourceText("b2 = 6\nunit s\nGB = 5")) }
    #expect(model.names == ["a"])
    #expect(throws: EstimateComplaint.self) { try model.add(SourceText("b2 +")) }
  }

  /// Lines with a hole and the unit that it must have.
  static let holes: [(line: String, unit: String)] = [
    ("500M users * ? -> messages/s", "messages/s/user"), ("10 GB / ? -> GB/day", "days"),
    ("10 GB + ?", "GB"), ("? * 3 days", ""), ("5 requests/s < ?", "requests/s"),
    ("? to 10 GB", "GB"), ("min(?, 3 ms)", "ms"), ("little(?, 20 ms) -> requests", "requests/s"),
    ("ceil(? / 2 TB) -> %", "TB"), ("?^2 -> GB^2", "B"), ("-? -> GB", "GB"),
  ]

  @Test("a hole tells which unit it must have", arguments: holes)
  func hole(_ line: String, _ unit: String) throws {
    var model = EstimateModel()
    try model.add(SourceText(line))
    guard !unit.isEmpty else {
      #expect(throws: EstimateComplaint.self) { _ = try Estimator(model).outcome(at: 0) }
      return
    }
    guard case .hole(let found, _) = try Estimator(model).outcome(at: 0).kind else {
      Issue.record("no hole was found")
      return
    }
    #expect(found == unit)
  }

  @Test("an expectation holds where the middle falls into the range")
  func expectations() throws {
    var model = EstimateModel()
    try model.add(
      SourceText(
        "size = 1 to 10 TB\nexpect size = 3 to 4 TB\nexpect size = 4 to 5 TB\nexpect size = 3.16 TB"
      ))
    let estimator = Estimator(model)
    let verdicts = try (1...3).map { place in
      if case .expectation(let holds, _) = try estimator.outcome(at: place).kind {
        holds
      } else {
        false
      }
    }
    #expect(verdicts == [true, false, true])
  }
}
