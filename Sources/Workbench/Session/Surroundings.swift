import Kernel

/// What the session needs from the world around it, as closures, so that tests bring their own.
public struct Surroundings: Sendable {
  /// Whether somebody asked to stop what is running; asked between runs of long work.
  public var isInterrupted: @Sendable () -> Bool
  /// Told what long work is at; the text is overwritten by the next.
  public var progress: @Sendable (String) -> Void
  /// Writes a file; throws a `Diagnostic` when it cannot.
  public var write: @Sendable (_ text: String, _ path: String) throws -> Void
  /// Reads a file; throws a `Diagnostic` when it cannot.
  public var read: @Sendable (_ path: String) throws -> String
  /// The files and folders whose paths begin like the text, folders with a `/` behind them.
  public var files: @Sendable (_ start: String) -> [String]
  /// A seed that nobody has seen, for problems with fresh figures.
  public var freshSeed: @Sendable () -> UInt64
  /// Seconds on a clock that only goes forwards, to tell how long an answer took.
  public var seconds: @Sendable () -> Double
  /// What the clock of an interview goes by.
  public var interviewClock: InterviewClock
  /// Facts about the program and where it runs, for `doctor`.
  public var facts: [(name: String, value: String)]

  /// Surroundings of these closures.
  public init(
    isInterrupted: @escaping @Sendable () -> Bool = { false },
    progress: @escaping @Sendable (String) -> Void = { _ in },
    write: @escaping @Sendable (_ text: String, _ path: String) throws -> Void = { _, path in
      throw Diagnostic("Nothing can be written here.", file: path)
    },
    read: @escaping @Sendable (_ path: String) throws -> String = { path in
      throw Diagnostic("Nothing can be read here.", file: path)
    },
    files: @escaping @Sendable (_ start: String) -> [String] = { _ in [] },
    freshSeed: @escaping @Sendable () -> UInt64 = { 1 },
    seconds: @escaping @Sendable () -> Double = { 0 },
    interviewClock: InterviewClock = .typing,
    facts: [(name: String, value: String)] = []
  ) {
    self.isInterrupted = isInterrupted
    self.progress = progress
    self.write = write
    self.read = read
    self.files = files
    self.freshSeed = freshSeed
    self.seconds = seconds
    self.interviewClock = interviewClock
    self.facts = facts
  }
}

/// What the clock of an interview goes by.
public enum InterviewClock: Sendable, Hashable {
  /// `Surroundings.seconds`: somebody sits at a terminal.
  case real
  /// The lines themselves: each takes ten seconds and one and a half for each word, and `wait 5m`
  /// what it says, so that a script gives the same report whenever it runs.
  case typing
}

extension Surroundings {
  /// The text of a file; complains when it cannot be read.
  func text(of path: String) throws(Diagnostic) -> String {
    do { return try read(path) } catch {
      throw error as? Diagnostic ?? Diagnostic("The file cannot be read.", file: path)
    }
  }
}
