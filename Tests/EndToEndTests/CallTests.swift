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

  @Test func theVersionIsTheSameEverywhere() throws {
    try Program.withFolder { folder in
      let store = folder + "/p.sqlite"
      let said = try Program.run(["--version"], store: store)
      #expect(said.status == 0 && said.errors == "")
      let words = said.output.split(whereSeparator: \.isWhitespace)
      #expect(words.count == 2 && words[0] == "drillhall")
      let parts = try #require(words.last).split(separator: ".").map { Int($0) }
      #expect(parts.count == 3 && !parts.contains(nil))
      #expect(!FileManager.default.fileExists(atPath: store))
      let doctor = try Program.run(["doctor"], store: store)
      #expect(doctor.output.contains(said.output.dropLast()))
    }
  }

  @Test func whatCannotBeReadOrWrittenIsWrong() throws {
    try Program.withFolder { folder in
      let store = folder + "/p.sqlite"
      let cut = try Program.run(["roadmap", "--content"], store: store)
      #expect(cut.status == 2 && cut.output == "")
      #expect(cut.errors.contains("Missing value for '--content"))
      for words in [["roadmap"], ["roadmap", "--json"]] {
        let full = try Program.run(words, store: store, into: "/dev/full")
        #expect(full.status == 2)
        #expect(full.errors.contains("could not be written"))
      }
      let nowhere = folder + "/none/notes.md"
      let lost = try Program.run(["export", "notes", "--output", nowhere], store: store)
      #expect(lost.status == 2 && lost.errors.contains("its folder does not exist"))
      let taken = try Program.run(["export", "notes", "--output", folder], store: store)
      #expect(taken.status == 2 && taken.errors.contains("this is a folder"))
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
      #expect(prompt.output.contains("this time nothing is saved"))
      #expect(prompt.output.contains("Nothing was saved.") && !prompt.output.contains("Saved. "))
      let kept = try String(contentsOfFile: store, encoding: .utf8)
      #expect(kept == "this is no database, and it stays as it is")
    }
  }

  @Test func estimatesAnswerWithoutAStore() throws {
    try Program.withFolder { folder in
      let store = folder + "/p.sqlite"
      let one = try Program.run(["estimate", "-e", "3.5 GiB/hour -> MB/s"], store: store)
      #expect(one.status == 0 && one.output == "= 1.044 MB/s\n")
      let lines = ["estimate", "-e", "rate = 12k requests/s", "-e", "rate * 20 ms", "--json"]
      let results = try #require(
        try json(Program.run(lines, store: store).output)["results"] as? [[String: Any]])
      #expect(results.last?["value"] as? Double == 240)
      #expect(results.last?["unit"] as? String == "requests")
      let missed = ["estimate", "-e", "size = 5 TB", "-e", "expect size = 6 to 7 TB"]
      #expect(try Program.run(missed, store: store).status == 1)
      let wrong = try Program.run(["estimate", "-e", "5 GB + 3 s"], store: store)
      #expect(wrong.status == 2 && wrong.output == "")
      #expect(wrong.errors.contains("5 GB + 3 s\n           ^^^"))
      #expect(!FileManager.default.fileExists(atPath: store))
    }
  }

  @Test func theSameSeedGivesTheSameBytes() throws {
    try Program.withFolder { folder in
      let store = folder + "/p.sqlite"
      let lines = ["estimate", "-e", "(5 to 10) + (2 to 5)", "--json", "--seed"]
      let first = try Program.run(lines + ["7"], store: store).output
      #expect(try Program.run(lines + ["7"], store: store).output == first)
      #expect(try Program.run(lines + ["8"], store: store).output != first)
    }
  }

  private func json(_ text: String) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
    return try #require(object as? [String: Any])
  }
}
