import Glibc

/// The program that shows what is longer than the screen: `$PAGER`, or `less`.
struct Pager {
  private let command: String
  private let environment: [String: String]

  /// Nil when the user wants none (`PAGER=` or `PAGER=cat`) or there is no `less`.
  init?(environment: [String: String]) {
    self.environment = environment
    if let wanted = environment["PAGER"] {
      guard !wanted.allSatisfy(\.isWhitespace), wanted != "cat" else { return nil }
      command = wanted
    } else {
      let folders = (environment["PATH"] ?? "").split(separator: ":")
      guard folders.contains(where: { access("\($0)/less", X_OK) == 0 }) else { return nil }
      command = "less -R -F -X"
    }
  }

  /// Shows `text` and waits until the reader has left; false when the pager could not be run.
  ///
  /// Meanwhile Ctrl-C and Ctrl-\ are the pager's, as the terminal sends them to both.
  func show(_ text: String) -> Bool {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return false }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let interrupt = signal(SIGINT, SIG_IGN)
    let quit = signal(SIGQUIT, SIG_IGN)
    defer {
      signal(SIGINT, interrupt)
      signal(SIGQUIT, quit)
    }
    let process = spawn(reading: ends[0])
    close(ends[0])
    var input = Output(descriptor: ends[1])
    if process != nil { input.write(text) }
    close(ends[1])
    guard let process else { return false }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    // The shell says 126 and 127 for what it cannot run.
    let isFound = status & 0x7F != 0 || ![126, 127].contains(status >> 8 & 0xFF)
    return isFound
  }

  private func spawn(reading input: Int32) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for number in [SIGPIPE, SIGINT, SIGQUIT] { sigaddset(&defaults, number) }
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    var variables = environment
    // `-F` leaves when all fits, `-R` shows colours, `-X` keeps the text on the screen.
    variables["LESS"] = variables["LESS"] ?? "FRX"
    let arguments = Self.list(["sh", "-c", command])
    let settings = Self.list(variables.map { "\($0.key)=\($0.value)" })
    defer { for text in arguments + settings { free(text) } }
    var process: pid_t = 0
    let result = posix_spawn(&process, "/bin/sh", &actions, &attributes, arguments, settings)
    return result == 0 ? process : nil
  }

  /// Texts as C wants them, with nil at the end; to be freed one by one.
  private static func list(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
    texts.map { strdup($0) } + [nil]
  }
}
