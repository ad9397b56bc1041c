import Patterns
import Testing

/// Cases of the W3C's own test suite (github.com/w3c/trace-context test/test.py @acab820).
@Suite struct TraceHeaderTests {
  private static let trace = "12345678901234567890123456789012"

  @Test(arguments: [
    "00-\(trace)-1234567890123456-01", "cc-\(trace)-1234567890123456-01",
    "cc-\(trace)-1234567890123456-01-what-the-future-will-be-like",
    "  00-\(trace)-1234567890123456-01\t",
  ])
  func accepted(header: String) throws {
    let parent = try #require(TraceParent(header: header))
    #expect(parent.traceID == Self.trace)
    #expect(parent.isSampled)
    #expect(parent.header == "00-\(Self.trace)-1234567890123456-01")
  }

  @Test(arguments: [
    "00-\(trace)-1234567890123456-01.", "00-\(trace)-1234567890123456-01-what-the-future",
    "cc-\(trace)-1234567890123456-01.what", "ff-\(trace)-1234567890123456-01",
    ".0-\(trace)-1234567890123456-01", "00-00000000000000000000000000000000-1234567890123456-01",
    "00-\(trace)-0000000000000000-01", "00-1234567890123456789012345678901A-1234567890123456-01",
    "00-\(trace)-123456789012345-01", "00-\(trace)-1234567890123456-1", "",
  ])
  func refused(header: String) { #expect(TraceParent(header: header) == nil) }

  @Test func stateMovesToTheFront() throws {
    var state = try #require(TraceState(header: "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"))
    state.put("congo", "ucfJifl5GOE")
    #expect(state.header == "congo=ucfJifl5GOE,rojo=00f067aa0ba902b7")
    for number in 0..<40 { state.put("v\(number)", "x") }
    #expect(state.members.count == 32)
    #expect(TraceState(header: "a=1,a=2") == nil)
  }

  @Test func everybodyDecidesTheSameByTheId() {
    let ids = (0..<20_000).map { number in
      "0000000000000001"
        + TraceParent.hexadecimal(UInt64(number) &* 0x9e37_79b9_7f4a_7c15, digits: 16)
    }
    let taken = ids.count { HeadSampler.ratio(0.1).takes($0) }
    #expect((1_800...2_200).contains(taken))
    #expect(ids.allSatisfy { HeadSampler.ratio(1).takes($0) && !HeadSampler.ratio(0).takes($0) })
    #expect(
      ids.allSatisfy { !HeadSampler.ratio(0.05).takes($0) || HeadSampler.ratio(0.1).takes($0) })
  }
}
