import Foundation
import GRDB

extension ProgressStore {
  /// Opens the store at `path`, or makes it, its folder included.
  ///
  /// - Parameters:
  ///   - path: The database file.
  ///   - device: This machine's name in the log; without one, a random name that the store keeps.
  ///   - patienceMilliseconds: How long to wait for another process that is writing.
  ///   - clock: The wall clock in milliseconds since 1970 (UTC).
  /// - Returns: The store, ready for use by this and other prompts.
  /// - Throws: `StoreError`; the file is then as it was.
  public static func open(
    at path: String, device: String? = nil, patienceMilliseconds: Int = 5_000,
    clock: @escaping @Sendable () -> Int = { ProgressStore.wallClock() }
  ) throws(StoreError) -> ProgressStore {
    let path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let patienceSeconds = Double(patienceMilliseconds) / 1_000
    try StoreFile(path: path, patienceSeconds: patienceSeconds).prepare()
    let queue = try StoreError.translating(path: path) {
      var configuration = Configuration()
      configuration.busyMode = .timeout(patienceSeconds)
      configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try useWriteAheadLog(queue, patienceSeconds: patienceSeconds)
      try migrate(queue)
      return queue
    }
    return try ProgressStore(
      queue: queue, path: path,
      surroundings: StoreSurroundings(clock: clock, chance: systemChance, device: device))
  }

  /// A store that lives as long as the program: for tests, and for going on where nothing can be
  /// written.
  public static func inMemory(
    device: String? = nil, clock: @escaping @Sendable () -> Int = { ProgressStore.wallClock() }
  ) throws(StoreError) -> ProgressStore {
    let queue = try StoreError.translating(path: "in memory") {
      let queue = try DatabaseQueue()
      try migrate(queue)
      return queue
    }
    return try ProgressStore(
      queue: queue, path: nil,
      surroundings: StoreSurroundings(clock: clock, chance: systemChance, device: device))
  }

  /// A store in memory that begins with what the file at `path` holds, which is only read: for
  /// going on where that file cannot be written.
  ///
  /// - Throws: `StoreError` when it cannot be read either.
  public static func inMemory(
    copying path: String, device: String? = nil,
    clock: @escaping @Sendable () -> Int = { ProgressStore.wallClock() }
  ) throws(StoreError) -> ProgressStore {
    let path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let files = FileManager.default
    let folder = files.temporaryDirectory.appendingPathComponent("drillhall-\(UUID().uuidString)")
    defer { try? files.removeItem(at: folder) }
    let copy = folder.appendingPathComponent("progress.sqlite").path
    let queue = try StoreError.translating(path: path) {
      try files.createDirectory(at: folder, withIntermediateDirectories: true)
      for suffix in ["", "-wal"] where files.fileExists(atPath: path + suffix) {
        try files.copyItem(atPath: path + suffix, toPath: copy + suffix)
      }
      try StoreFile(path: copy, patienceSeconds: 0).examine()
      let queue = try DatabaseQueue()
      if files.fileExists(atPath: copy) { try DatabaseQueue(path: copy).backup(to: queue) }
      try migrate(queue)
      return queue
    }
    return try ProgressStore(
      queue: queue, path: nil,
      surroundings: StoreSurroundings(clock: clock, chance: systemChance, device: device))
  }

  /// A path beside `path` where no file is yet, such as `progress-2.sqlite`.
  public static func freshPath(beside path: String) -> String {
    let url = URL(fileURLWithPath: path)
    let stem = url.deletingPathExtension().path
    let ending = url.pathExtension.isEmpty ? "" : ".\(url.pathExtension)"
    var number = 2
    while FileManager.default.fileExists(atPath: "\(stem)-\(number)\(ending)") { number += 1 }
    return "\(stem)-\(number)\(ending)"
  }

  /// Milliseconds since 1970 (UTC) by the system's clock.
  public static func wallClock() -> Int { Int(Date().timeIntervalSince1970 * 1_000) }

  static func systemChance() -> (UInt64, UInt64) {
    (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))
  }

  private static func migrate(_ queue: DatabaseQueue) throws {
    let done = try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
    guard done < Schema.version else { return }
    let device = EventID(atMilliseconds: 0, chance: systemChance()).text.suffix(12)
    try queue.write { try Schema.migrate($0, device: String(device)) }
  }

  /// Switches the file to WAL mode; SQLite asks nobody to wait here, so two prompts that make one
  /// store at the same moment take turns by trying again.
  private static func useWriteAheadLog(_ queue: DatabaseQueue, patienceSeconds: Double) throws {
    let deadline = Date().addingTimeInterval(patienceSeconds)
    while true {
      do {
        let mode = try queue.inDatabase {
          try String.fetchOne($0, sql: "PRAGMA journal_mode = WAL")
        }
        guard mode == "wal" else {
          throw DatabaseError(resultCode: .SQLITE_IOERR, message: "no write-ahead log is possible")
        }
        return
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
        guard Date() < deadline else { throw error }
        Thread.sleep(forTimeInterval: 0.01)
      }
    }
  }
}
