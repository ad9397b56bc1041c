import Foundation
import Glibc

/// A program under a terminal of its own, driven as a person would drive it.
///
/// The program gets a session and a controlling terminal, so that Ctrl-C and window changes reach
/// it as signals. What it writes is collected; nothing is interpreted but escape sequences, which
/// are left out of what `expect` looks at.
public final class PtySession {
  /// What went wrong before the program ran.
  public struct Failure: Error {
    /// The call that failed, with the system's number.
    public let reason: String
  }

  /// Everything the program wrote, escape sequences and all.
  public private(set) var transcript = ""

  private let terminal: Int32
  private let process: pid_t
  private var status: Int32?
  private var unread: [UInt8] = []
  /// What was written since the last thing that was expected, without escape sequences.
  private var news = ""

  /// A terminal's environment without surprises; `environment` adds to it.
  public static let environment = [
    "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "TERM": "xterm",
    "INPUTRC": "/dev/null", "LC_ALL": "C.UTF-8", "PAGER": "cat",
  ]

  /// Starts `program`, a path or the name of a product that is built beside the tests.
  public init(
    _ program: String, _ arguments: [String] = [], environment: [String: String] = [:],
    columns: UInt16 = 80, rows: UInt16 = 24
  ) throws {
    let path = program.contains("/") ? program : Self.product(program)
    var terminal: Int32 = -1
    var slave: Int32 = -1
    var name = [CChar](repeating: 0, count: 256)
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    guard openpty(&terminal, &slave, &name, nil, &size) == 0 else {
      throw Failure(reason: "openpty: \(errno)")
    }
    _ = fcntl(terminal, F_SETFD, FD_CLOEXEC)
    // Kept open, so that the terminal's mode can be looked at when the program has gone.
    _ = fcntl(slave, F_SETFD, FD_CLOEXEC)
    self.terminal = terminal
    let settings = Self.environment.merging(environment) { $1 }
    process = try Self.spawn([path] + arguments, settings, terminal: name)
    close(slave)
  }

  deinit {
    if status == nil {
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }
    close(terminal)
  }

  /// Where a product of this package lies: beside the program that runs the tests.
  public static func product(_ name: String) -> String {
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return tests.deletingLastPathComponent().appendingPathComponent(name).path
  }

  private static func spawn(
    _ arguments: [String], _ environment: [String: String], terminal name: [CChar]
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    // A session leader's first terminal becomes the one that controls it: opened, not inherited.
    let newSession: Int16 = 0x80  // POSIX_SPAWN_SETSID, which the module map leaves out.
    posix_spawnattr_setflags(
      &attributes, newSession | Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK))
    var signals = sigset_t()
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    let words = arguments.map { strdup($0) } + [nil]
    let settings = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + settings { free(text) } }
    var process: pid_t = 0
    let result = posix_spawn(&process, arguments[0], &actions, &attributes, words, settings)
    guard result == 0 else { throw Failure(reason: "posix_spawn \(arguments[0]): \(result)") }
    return process
  }

  /// Types `text`; `\u{3}` is Ctrl-C, `\u{4}` Ctrl-D, `\t` Tab, `\u{1B}[A` arrow up.
  ///
  /// Such keys mean something else until a prompt is there: expect it first.
  public func send(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(terminal, $0.baseAddress, $0.count) }
      if count < 0, errno != EINTR { return }
      bytes = bytes.dropFirst(max(0, count))
    }
  }

  /// Types `line` and Enter.
  public func enter(_ line: String) { send(line + "\r") }

  /// Waits until the program has written `text` since the last success; false when time is up.
  public func expect(_ text: String, within seconds: Double = 60) -> Bool {
    wait(within: seconds) {
      guard let found = news.range(of: text) else { return false }
      news = String(news[found.upperBound...])
      return true
    }
  }

  /// Whether `text` is written within a short time: for what must not happen.
  public func sees(_ text: String, within seconds: Double = 0.3) -> Bool {
    wait(within: seconds) { news.contains(text) }
  }

  /// What was written since the last thing expected, without escape sequences.
  public var recent: String { news }

  /// Changes the size of the window.
  public func resize(columns: UInt16, rows: UInt16) {
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(terminal, UInt(TIOCSWINSZ), &size)
  }

  /// Sends a signal to the program alone.
  public func signal(_ number: Int32) { kill(process, number) }

  /// Whether the terminal echoes and gathers lines, as a program must leave it.
  public var isInNormalMode: Bool {
    var mode = termios()
    guard tcgetattr(terminal, &mode) == 0 else { return false }
    return mode.c_lflag & tcflag_t(ECHO) != 0 && mode.c_lflag & tcflag_t(ICANON) != 0
  }

  /// Waits for the end: the exit status, 128 and the signal's number for a signal, nil in time.
  public func waitForExit(within seconds: Double = 60) -> Int32? {
    _ = wait(within: seconds) {
      var raw: Int32 = 0
      guard status == nil, waitpid(process, &raw, WNOHANG) == process else { return status != nil }
      let number = raw & 0x7F
      status = number == 0 ? raw >> 8 & 0xFF : 128 + number
      return true
    }
    collect(for: 0)
    return status
  }

  private func wait(within seconds: Double, for isDone: () -> Bool) -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while !isDone() {
      guard ContinuousClock.now < deadline else { return false }
      collect(for: 10)
    }
    return true
  }

  /// Takes in what the program writes within so many milliseconds.
  private func collect(for milliseconds: Int32) {
    var ready = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
    guard poll(&ready, 1, milliseconds) > 0 else { return }
    guard ready.revents & Int16(POLLIN) != 0 else {
      usleep(1_000)  // The program has gone; there is nothing to wait for.
      return
    }
    var chunk = [UInt8](repeating: 0, count: 1 << 14)
    let count = read(terminal, &chunk, chunk.count)
    guard count > 0 else { return }
    unread += chunk[..<count]
    // A character that is cut in two waits for its other half.
    let tail = unread.suffix(3).lastIndex { $0 >= 0xC0 }
    let isCut = tail.map {
      unread.count - $0 < (unread[$0] >= 0xF0 ? 4 : unread[$0] >= 0xE0 ? 3 : 2)
    }
    let end = isCut == true ? tail ?? unread.count : unread.count
    let text = String(decoding: unread[..<end], as: UTF8.self)
    unread.removeSubrange(..<end)
    transcript += text
    news = Self.withoutEscapes(news + text)
  }

  private static func withoutEscapes(_ text: String) -> String {
    let escapes = #/\u{1B}\[[0-9;?]*[A-Za-z]|\u{1B}[=>]|\u{1}|\u{2}/#
    return text.replacing(escapes.matchingSemantics(.unicodeScalar), with: "")
  }
}
