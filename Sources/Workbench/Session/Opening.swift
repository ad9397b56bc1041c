import Curriculum
import Estimation
import Foundation
import Kernel
import Progress

/// Where a session finds its content and keeps its progress.
public struct Opening: Sendable {
  /// The path given with `--content`, if any.
  public var content: String?
  /// The path given with `--store`, if any.
  public var store: String?
  /// The environment's variables.
  public var environment: [String: String]
  /// The path of the running program.
  public var executable: String?

  /// An opening with these paths.
  public init(
    content: String?, store: String?, environment: [String: String], executable: String?
  ) {
    self.content = content
    self.store = store
    self.environment = environment
    self.executable = executable
  }

  /// The store's path: the given one, else `drillhall/progress.sqlite` in the user's data folder.
  public var storePath: String {
    if let store { return store }
    let home = environment["HOME"] ?? FileManager.default.currentDirectoryPath
    let data = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    return (data ?? home + "/.local/share") + "/drillhall/progress.sqlite"
  }

  /// Where the prompt keeps the lines that were typed.
  public var historyPath: String {
    URL(fileURLWithPath: storePath).deletingLastPathComponent()
      .appendingPathComponent("history").path
  }

  /// Opens content and store.
  ///
  /// When the store cannot be used, the session remembers in memory only and `complaint` says why:
  /// nothing of the learner's is overwritten, what can still be read is shown, and what needs no
  /// memory works.
  public func session(
    _ surroundings: Surroundings
  ) throws(Diagnostic) -> (session: Session, complaint: Diagnostic?) {
    let root = try ContentFolder.locate(
      given: content, environment: environment, executable: executable)
    let library = try Library(root: root)
    do {
      let store = try ProgressStore.open(at: storePath)
      return (Session(library: library, store: store, surroundings: surroundings), nil)
    } catch {
      let complaint = Diagnostic(error.description)
      let copy = try? ProgressStore.inMemory(copying: storePath)
      guard let store = try? copy ?? ProgressStore.inMemory() else { throw complaint }
      let session = Session(library: library, store: store, surroundings: surroundings)
      session.isKept = false
      return (session, complaint)
    }
  }
}

extension Opening {
  /// What a call is answered that needs neither lessons nor progress, so that it answers at once.
  ///
  /// That is an estimate of a file or of lines; nil for all other calls.
  public func quickReply(
    to words: [String], _ surroundings: Surroundings
  ) throws(Diagnostic) -> Reply? {
    guard words.first == "estimate", words.contains("-e") || words.contains(where: Self.isEstimate),
      !words.contains("--help")
    else { return nil }
    let command = EstimateCommand()
    let rest = words.dropFirst().map { CommandWords.Word(text: $0, column: 1) }
    let call = try CommandCall(rest, raw: nil, spec: command.spec)
    let path = call.argument(0)
    // What is no file may be the name of a case, which takes a session.
    guard path.map(Self.isEstimate) ?? true else { return nil }
    let source = try path.map { path throws(Diagnostic) in
      SourceText(try surroundings.text(of: path), file: path, firstLine: 1)
    }
    // Without content there are no constants, which only matters to those who use one.
    let root = try? ContentFolder.locate(
      given: content, environment: environment, executable: executable)
    let reference = root.map(EstimateShelf.reference) ?? .empty
    return try command.evaluate(call, source, reference)
  }

  private static func isEstimate(_ word: String) -> Bool { word.hasSuffix(".est") }
}

extension Opening {
  /// What the shell's Tab offers for the word at `index` of a call (the program's name is the first),
  /// of which `start` stands before the cursor.
  ///
  /// Nothing is read of the learner's progress, and nothing is said of what is wrong.
  public func completions(of words: [String], at index: Int, _ start: String) -> [String] {
    var opening = self
    var before: [String] = []
    var rest = words.prefix(index).dropFirst()
    while let word = rest.popFirst() {
      switch word {
      case "--plain": break
      case "--store": _ = rest.popFirst()
      case "--content": opening.content = rest.popFirst()
      default: before.append(word)
      }
    }
    guard
      let root = try? ContentFolder.locate(
        given: opening.content, environment: environment, executable: executable),
      let library = try? Library(root: root), let store = try? ProgressStore.inMemory()
    else { return [] }
    let session = Session(library: library, store: store, surroundings: .completing)
    return session.callCompletions(after: before, start)
  }
}

extension Surroundings {
  /// Surroundings that only know the names of files.
  static var completing: Surroundings { Surroundings(files: Self.files) }

  /// Surroundings that read and write files of the system.
  public static func system(
    isInterrupted: @escaping @Sendable () -> Bool, progress: @escaping @Sendable (String) -> Void,
    interviewClock: InterviewClock, facts: [(name: String, value: String)]
  ) -> Surroundings {
    Surroundings(
      isInterrupted: isInterrupted, progress: progress,
      write: { text, path in
        do {
          try text.write(toFile: path, atomically: true, encoding: .utf8)
        } catch {
          throw Self.unwritable(path)
        }
      },
      read: { path in
        guard let data = FileManager.default.contents(atPath: path) else {
          throw Diagnostic("The file cannot be read.", file: path)
        }
        guard let text = String(data: data, encoding: .utf8) else {
          throw Diagnostic("The file is not UTF-8 text.", file: path, line: 1)
        }
        return text
      }, files: Self.files, freshSeed: { UInt64.random(in: 1...99_999) },
      seconds: { ProcessInfo.processInfo.systemUptime }, interviewClock: interviewClock,
      facts: facts)
  }

  private static func files(_ start: String) -> [String] {
    let folder = start.lastIndex(of: "/").map { String(start[...$0]) } ?? ""
    let files = FileManager.default
    let names = (try? files.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted().map { name in
      var isFolder: ObjCBool = false
      let path = folder + name
      let isThere = files.fileExists(atPath: path, isDirectory: &isFolder)
      return path + (isThere && isFolder.boolValue ? "/" : "")
    }
  }

  /// Why a file cannot be written, as far as its path tells.
  private static func unwritable(_ path: String) -> Diagnostic {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var isFolder: ObjCBool = false
    let files = FileManager.default
    if files.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      return Diagnostic("The file cannot be written: this is a folder.", file: path)
    }
    guard files.fileExists(atPath: folder) else {
      return Diagnostic(
        "The file cannot be written: its folder does not exist.", file: path,
        expected: "a file in a folder that is there")
    }
    return Diagnostic(
      "The file cannot be written: the system allows none here, or there is no room.", file: path)
  }
}

extension Session {
  /// Whether a call from the command line opens the prompt: something to do, not something to show.
  public func opensPrompt(_ words: [String]) -> Bool {
    if words.contains("--help") { return false }
    guard let first = words.first else { return true }
    switch first {
    case "try": return !words.contains("--run")
    case "review": return words.count == 1
    case "estimate":
      return words.count == 1 || ["practice", "calibrate", "flaw"].contains(words[1])
    case "interview":
      return !words.contains("--json") && !["report", "list"].contains(words.dropFirst().first)
    case "drill":
      if words.count > 1, words[1] == "mystery" { return !words.contains("--json") }
      return CommandRegistry.find(words)?.count == 1
    case "mystery": return !words.contains("--json")
    case "calibrate": return true
    default: return false
    }
  }

  /// Whether a call makes sense when nothing can be remembered.
  public func canDoWithoutStore(_ words: [String]) -> Bool {
    guard let (command, _) = CommandRegistry.find(words) else { return true }
    return command.spec.group != .keeping
  }
}
