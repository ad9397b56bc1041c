import Kernel
import Testing
import Verification

@Suite struct HistoryReaderTests {
  @Test("EDN keeps values, places, and leaves out tags, comments and discarded values")
  func edn() throws {
    let text = """
      ; a comment
      {:process 0, :f "a\\tb\\u00e9", :value #inst [1 -2 nil true] #_ (left out)}
      #{:x y/z} (1N 2.5 \\newline)
      """
    let elements = try EDNReader.read(text)
    #expect(
      elements.map(\.description) == [
        "{:process 0 :f \"a\\tbé\" :value [1 -2 nil true]}", "#{:x y/z}", "(1 2.5 \\newline)",
      ])
    #expect(elements.map(\.line) == [2, 3, 3] && elements.map(\.column) == [1, 1, 11])
  }

  @Test(
    "what is not EDN is refused with its place",
    arguments: [
      ("[1 2", 1, 1, "']' to close it"), ("[1 }", 1, 4, "']'"), ("\n {:a}", 2, 2, "even number"),
      (" \"abc", 1, 2, "'\"' to close it"), ("\"a\\q\"", 1, 3, "one of: \\n"),
      ("é :", 1, 3, "a name after the colon"), ("99999999999999999999", 1, 1, "64 bits"),
      ("#tag", 1, 1, "a value after the tag '#tag'"), ("[#_]", 1, 2, "a value to leave out"),
      (String(repeating: "[", count: 101), 1, 101, "at most 100 levels"),
    ])
  func refusedEDN(text: String, line: Int, column: Int, expected: String) throws {
    let complaint = try #require(throws: Diagnostic.self) { try EDNReader.read(text) }
    #expect(complaint.line == line && complaint.column == column, "\(complaint)")
    #expect(complaint.expected?.contains(expected) == true, "\(complaint)")
  }

  @Test("a vector, a list and lines of maps read alike; other processes are left alone")
  func formsOfHistories() throws {
    let maps = """
      {:process 3, :type :invoke, :f :cas, :value [1 2]}
      {:process :nemesis, :type :info, :f :start}
      {:process 4, :type :invoke, :f :read, :value nil}
      {:process 3, :type :info, :f :cas, :value :timed-out, :error "no answer"}
      {:process 4, :type :ok, :f :read, :value 2}
      """
    let history = try EDNHistoryReader.read(maps, as: RegisterAction.self)
    #expect(try EDNHistoryReader.read("[\(maps)]", as: RegisterAction.self) == history)
    #expect(try EDNHistoryReader.read("(\(maps)\n)", as: RegisterAction.self) == history)
    #expect(
      history.operations.map(\.description) == [
        "process 3: cas 1 → 2 (outcome unknown)", "process 4: read → 2",
      ])
    #expect(history.operations.map(\.response) == [nil, 3] && history.lines == [1, 3, 4, 5])
  }

  @Test("every model reads its operations")
  func actions() throws {
    func read<Action: RecordedAction>(_ text: String, _ type: Action.Type) throws -> [String] {
      let maps = text.split(separator: ";").enumerated().map { index, rest in
        "{:process \(index) :type :invoke \(rest)} {:process \(index) :type :ok \(rest)}"
      }
      return try EDNHistoryReader.read(maps.joined(separator: "\n"), as: type)
        .operations.map { "\($0.action)" }
    }
    #expect(
      try read(":f :get :key \"a\" :value 1; :f :cas :value [7 [1 2]]", KeyValueAction.self)
        == ["\"a\": read → 1", "7: cas 1 → 2"])
    #expect(
      try read(
        ":f :add :value 1; :f :contains :value [1 true]; :f :read :value #{2 1}", SetAction.self)
        == ["add 1", "contains 1 → true", "read → {1 2}"])
    #expect(
      try read(
        ":f :enqueue :value 1; :f :dequeue :value nil; :f :dequeue :value 1", QueueAction.self)
        == ["enqueue 1", "dequeue → empty", "dequeue → 1"])
    #expect(
      try read(":f :add :value -2; :f :read :value 4", CounterAction.self)
        == ["add -2", "read → 4"])
    #expect(
      try read(":f :txn :value [[:append 1 2] [:r 1 [2]] [:r x nil]]", ListTransaction.self)
        == ["[append 1 2, r 1 [2], r \"x\" []]"])
  }

  @Test(
    "a history that cannot be is refused with its place",
    arguments: [
      (
        "{:process 0, :type :invoke, :f :read} {:process 0, :type :invoke, :f :read}", 1, 39,
        "begins an operation while another is open"
      ),
      ("{:process 0, :type :ok, :f :read, :value 1}", 1, 1, "has none open"),
      (
        "{:process 0, :type :invoke, :f :write, :value 1}\n{:process 0, :type :info, :f :write}\n"
          + "{:process 0, :type :invoke, :f :read}", 3, 1, "goes on after its operation on line 2"
      ),
      ("{:process 0, :type :invok, :f :read}", 1, 20, "Did you mean 'invoke'?"),
      ("{:process 0, :type :invoke, :f :raed}", 1, 32, "Did you mean 'read'?"),
      ("{:proces 0, :type :invoke, :f :read}", 1, 1, "Did you mean ':process'?"),
      ("{:process 0, :type :invoke, :f :cas, :value 1}", 1, 45, "the old and the new value"),
      ("[1]", 1, 2, "An event is a map."),
    ])
  func refusedHistories(text: String, line: Int, column: Int, message: String) throws {
    let complaint = try #require(throws: Diagnostic.self) {
      try EDNHistoryReader.read(text, as: RegisterAction.self)
    }
    #expect(complaint.line == line && complaint.column == column, "\(complaint)")
    #expect("\(complaint)".contains(message), "\(complaint)")
  }

  @Test("a refused comparison in a Jepsen log is a result; other lines are left alone")
  func jepsenLog() throws {
    let text = """
      INFO  jepsen.core - Running test
      INFO  jepsen.util - 0\t:invoke\t:cas\t[1 3]
      INFO  jepsen.util - :nemesis\t:info\t:start\tnil
      INFO  jepsen.util - 0\t:fail\t:cas\t[1 3]
      INFO  jepsen.util - 1\t:invoke\t:write\t4
      INFO  jepsen.util - 1\t:info\t:write\t:timed-out
      """
    let history = try JepsenLogReader.read(text)
    #expect(
      history.operations.map(\.description) == [
        "process 0: cas 1 → 3 refused", "process 1: write 4 (outcome unknown)",
      ])
    #expect(history.lines == [2, 4, 5, 6])
    let complaint = try #require(throws: Diagnostic.self) {
      try JepsenLogReader.read("INFO  jepsen.util - 0\t:invoke\t:wriet\t4")
    }
    #expect(complaint.line == 1 && complaint.column == 31 && complaint.suggestion == "write")
  }
}
