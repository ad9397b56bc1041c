import Estimation
import Kernel
import Testing

@Suite("Flaws")
struct FlawTests {
  private typealias Line = FlawedEstimate.Line

  static func estimate(
    lines: [FlawedEstimate.Line] = lines, flaw: String = "bandwidth",
    right: String = "uploads * 10 MB/video * 200", units: [String] = []
  ) -> FlawedEstimate {
    FlawedEstimate(
      id: "ingress-only", title: "Bandwidth", story: "A video service.", units: units,
      lines: lines, flaw: flaw, right: right, why: "Only what comes in was counted.")
  }

  static let lines: [FlawedEstimate.Line] = [
    .init(name: "uploads", formula: "500M videos/day", value: "500M videos/day"),
    .init(name: "bandwidth", formula: "uploads * 10 MB/video", value: "58 GB/s"),
    .init(name: "links", formula: "bandwidth / (10 Gbit/s/link)", value: "46 links"),
  ]

  @Test("an estimate with one wrong line is proven, and explained with its factor")
  func proven() throws {
    let proof = try Self.estimate().verify()
    #expect(proof.place == 1)
    #expect(abs(proof.ratio - 58 / 11_574.07) < 1e-5)
    #expect(proof.explanation.contains("Line 2, 'bandwidth', is wrong: it says 58 GB/s"))
    #expect(proof.explanation.contains("= 11,574 GB/s. The line is 200 times too low."))
    #expect(proof.explanation.hasSuffix("Only what comes in was counted."))
    #expect(proof.reply(to: 1) == "Right. " + proof.explanation)
    #expect(
      proof.reply(to: 2).hasPrefix(
        "Line 3, 'links', holds: bandwidth / (10 Gbit/s/link) is 46.4 links"))
    #expect(Self.lines[0].text == "uploads = 500M videos/day")
    #expect(Self.lines[1].text == "bandwidth = uploads * 10 MB/video = 58 GB/s")
  }

  @Test("a line is meant by its name or its number")
  func answers() throws {
    let estimate = Self.estimate()
    #expect(try estimate.place(of: "bandwidth") == 1)
    #expect(try estimate.place(of: " 3 ") == 2)
    for wrong in ["4", "0", "bandwith", ""] {
      let complaint = #expect(throws: Diagnostic.self) { try estimate.place(of: wrong) }
      #expect(complaint?.expected == "a line's name, or its number from 1 to 3")
    }
  }

  struct Broken: Sendable, CustomStringConvertible {
    let estimate: FlawedEstimate
    let says: [String]
    var description: String { says.joined(separator: ", ") }
  }

  static func with(_ place: Int, _ formula: String, _ value: String) -> FlawedEstimate {
    var lines = lines
    lines[place] = .init(name: lines[place].name, formula: formula, value: value)
    return estimate(lines: lines)
  }

  static let broken: [Broken] = [
    Broken(
      estimate: with(2, "bandwidth / (10 Gbit/s/link)", "40 links"),
      says: ["the line 'links'", "comes to 46.4 links", "40 links is stated", "within 5%"]),
    Broken(
      estimate: with(2, "bandwidth / (10 Gbit/s/link)", "46 servers"),
      says: ["the line 'links'", "46 servers is server"]),
    Broken(
      estimate: with(2, "bandwith / (10 Gbit/s/link)", "46 links"),
      says: ["the line 'links'", "'bandwith'", "Did you mean 'bandwidth'"]),
    Broken(
      estimate: with(2, "later + bandwidth", "46 links"),
      says: ["the line 'links'", "'later'"]),
    Broken(
      estimate: with(1, "uploads * (10 MB/video", "58 GB/s"),
      says: ["the line 'bandwidth'", "not closed"]),
    Broken(
      estimate: with(1, "uploads * 10 MB/video", "58 GB"),
      says: ["the line 'bandwidth'", "the stated 58 GB is information"]),
    Broken(
      estimate: estimate(right: "uploads * 11 MB/video"),
      says: ["the line 'bandwidth'", "63.66 GB/s", "1.15"]),
    Broken(
      estimate: estimate(right: "uploads * 10 MB"), says: ["the line 'bandwidth'", "58 GB/s is"]),
    Broken(
      estimate: estimate(right: "bandwidth * 200"),
      says: ["what is right in 'ingress-only'", "depends on itself"]),
    Broken(
      estimate: estimate(flaw: "bandwith"),
      says: ["no line called 'bandwith'", "Did you mean 'bandwidth'"]),
    Broken(
      estimate: estimate(lines: lines + [lines[0]]),
      says: ["the line 'uploads'", "taken already"]),
  ]

  @Test("what does not hold is refused with the line and what it came to", arguments: broken)
  func refused(broken: Broken) throws {
    let complaint = #expect(throws: Diagnostic.self) { try broken.estimate.verify() }
    let text = complaint?.description ?? ""
    for part in broken.says { #expect(text.contains(part), "\(text)") }
  }

  @Test("5 % is near enough and 1.15 times is far enough, as the bounds say")
  func bounds() throws {
    // The lines come to 46.4 links; the right bandwidth is 1.15 times 58 GB/s.
    _ = try Self.with(2, "bandwidth / (10 Gbit/s/link)", "44.2 links").verify()
    #expect(throws: Diagnostic.self) {
      try Self.with(2, "bandwidth / (10 Gbit/s/link)", "44.1 links").verify()
    }
    _ = try Self.estimate(right: "58 GB/s * 1.15").verify()
    #expect(throws: Diagnostic.self) {
      try Self.estimate(right: "58 GB/s * 1.149").verify()
    }
  }

  @Test("a flawed formula need not have the right kind, and units can be declared")
  func flawedFormulaMayBeNonsense() throws {
    let lines: [FlawedEstimate.Line] = [
      .init(name: "fans", formula: "3 likes", value: "3 likes"),
      .init(name: "span", formula: "fans + 5 GB", value: "41 years"),
    ]
    let proof = try Self.estimate(
      lines: lines, flaw: "span", right: "2^41 * 1 ms -> years", units: ["like"]
    ).verify()
    #expect(abs(1 / proof.ratio - 69.73 / 41) < 1e-3)
  }
}
