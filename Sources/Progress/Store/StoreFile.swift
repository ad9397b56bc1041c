import Foundation
import GRDB

/// Looks at a file before it is opened as a store, without changing a byte of it.
struct StoreFile {
  let path: String
  let patienceSeconds: Double

  /// Makes the folder and refuses whatever must not be opened for writing.
  func prepare() throws(StoreError) {
    let folder = (path as NSString).deletingLastPathComponent
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch {
      throw Self.meaning(of: error, path: path)
    }
    try examine()
    let isThere = FileManager.default.fileExists(atPath: path)
    guard FileManager.default.isWritableFile(atPath: folder),
      !isThere || FileManager.default.isWritableFile(atPath: path)
    else { throw .readOnly(path: path) }
  }

  /// Refuses a file that is no store, damaged at first sight, or from a newer version.
  func examine() throws(StoreError) {
    guard let header = try header() else { return }
    var marks = header
    let log = URL(fileURLWithPath: path + "-wal")
    let logSize = (try? log.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
    if header.applicationID == 0 || logSize > 0 { marks = try marksThroughDatabase() }
    if marks.applicationID != Schema.applicationID {
      guard marks.isEmpty else { throw .foreign(path: path) }
      return
    }
    guard marks.version <= Schema.version else {
      throw .newer(path: path, found: marks.version, known: Schema.version)
    }
  }

  private struct Marks {
    var applicationID: Int
    var version: Int
    var isEmpty: Bool
  }

  /// What the first hundred bytes say (SQLite's file format, section 1.3); nil for no or an empty
  /// file, which will become a store.
  private func header() throws(StoreError) -> Marks? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
    if isFolder.boolValue { throw .unavailable(path: path, detail: "it is a folder") }
    let kind = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
    guard kind == .typeRegular else {
      throw .unavailable(path: path, detail: "it is no regular file")
    }
    let bytes: [UInt8]
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      bytes = Array(try handle.read(upToCount: 100) ?? Data())
    } catch {
      throw .unavailable(path: path, detail: "it cannot be read")
    }
    if bytes.isEmpty { return nil }
    guard bytes.count == 100, bytes.starts(with: Array("SQLite format 3\0".utf8)) else {
      throw .corrupt(path: path, detail: "it does not begin like a store")
    }
    let word = { (place: Int) in bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
    return Marks(applicationID: word(68), version: word(60), isEmpty: false)
  }

  /// The marks as SQLite sees them, which also reads what is still in the write-ahead log; the
  /// connection is read-only, so that closing it writes nothing back.
  private func marksThroughDatabase() throws(StoreError) -> Marks {
    try StoreError.translating(path: path) {
      var configuration = Configuration()
      configuration.readonly = true
      configuration.busyMode = .timeout(patienceSeconds)
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      return try queue.read { database in
        Marks(
          applicationID: try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0,
          version: try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0,
          isEmpty: try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") == 0)
      }
    }
  }

  private static func meaning(of error: any Error, path: String) -> StoreError {
    let cause = error as? CocoaError
    return switch cause?.code {
    case .fileWriteNoPermission, .fileWriteVolumeReadOnly: .readOnly(path: path)
    case .fileWriteOutOfSpace: .full(path: path)
    default: .unavailable(path: path, detail: "its folder cannot be made")
    }
  }
}
