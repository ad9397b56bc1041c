import Foundation
import Testing
import Workbench

@Suite("Recorded histories at the command line") struct VerifyCommandTests {
  @Test(
    "the JSON document says what was found, and the exit status whether it holds",
    arguments: [
      ("stale-read.edn --model register", "violated", 4, "process 1: read → 1"),
      ("stale-read.edn --model register --guarantee sequential", "holds", 0, nil),
      ("cart.edn --model set --guarantee sequential --budget 1", "unknown", 0, nil),
      ("on-call.edn --model transactions", "violated", 2, nil),
    ] as [(String, String, Int, String?)])
  func json(line: String, verdict: String, essence: Int, culprit: String?) throws {
    let reply = try Transcript.session().handle("verify \(line) --json")
    let text = try #require(reply.json)
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let document = try #require(object)
    #expect(document["verdict"] as? String == verdict)
    #expect(reply.fallsShort == (verdict != "holds"))
    #expect((document["essence"] as? [Any])?.count == essence)
    let named = document["culprit"] as? [String: Any]
    #expect(named?["operation"] as? String == culprit)
    #expect((document["because"] as? [Any])?.isEmpty == (verdict == "holds"))
  }
}
