import Foundation
import Testing

@Suite("Calls from the command line") struct CallTests {
  @Test func aTokenBringsTheRunBackInAnotherProcess() throws {
    try Program.withFolder { folder in
      let store = folder + "/p.sqlite"
      let list = try json(Program.run(["drill", "list", "--json"], store: store).output)
      let drills = try #require(list["drills"] as? [[String: Any]])
      for drill in drills.prefix(3) {
        let id = try #require(drill["id"] as? String)
        let first = try Program.run(["drill", "run", id, "--json", "--seed", "11"], store: store)
        let run = try json(first.output)
        let token = try #require(run["token"] as? String)
        let again = try Program.run(["drill", "replay", token, "--json"], store: store)
        #expect(again.output == first.output, "\(id)")
      }
    }
  }

  @Test func statusesTellWhatHappened() throws {
    try Program.withFolder { folder in
      let store = folder + "/p.sqlite"
      #expect(try Program.run(["roadmap"], store: store).status == 0)
      #expect(
        try Program.run(["drill", "run", "sharding/grow-under-load"], store: store).status == 1)
      let wrong = try Program.run(["drill", "run", "sharding/grow-under-laod"], store: store)
      #expect(wrong.status == 2)
      #expect(wrong.output == "")
      #expect(wrong.errors.contains("sharding/grow-under-load"))
    }
  }

  @Test func anUnusableStoreIsLeftAlone() throws {
    try Program.withFolder { folder in
      let store = folder + "/p.sqlite"
      try Data("this is no database, and it stays as it is".utf8)
        .write(to: URL(fileURLWithPath: store))
      let call = try Program.run(["notes"], store: store)
      #expect(call.status == 2)
      #expect(call.errors.contains(store))
      let prompt = try Program.run([], input: "roadmap\nquit\n", store: store)
      #expect(prompt.output.contains("Database sharding"))
      #expect(prompt.errors.contains("Going on all the same"))
      let kept = try String(contentsOfFile: store, encoding: .utf8)
      #expect(kept == "this is no database, and it stays as it is")
    }
  }

  private func json(_ text: String) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
    return try #require(object as? [String: Any])
  }
}
