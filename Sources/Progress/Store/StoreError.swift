import GRDB
import Kernel

/// Why the store cannot do what was asked; every case reads as sentences that say what to do.
///
/// No case ever costs what the store holds: the file is left as it was found.
public enum StoreError: Error, Sendable, Hashable {
  /// The folder or the file cannot be written to.
  case readOnly(path: String)
  /// The disk, a quota or a size limit leaves no room.
  case full(path: String)
  /// The file is damaged or no store at all; `detail` says what was seen.
  case corrupt(path: String, detail: String)
  /// The file is a database of some other program.
  case foreign(path: String)
  /// The store was written by a newer version of Drillhall.
  case newer(path: String, found: Int, known: Int)
  /// Another process keeps the store to itself.
  case locked(path: String)
  /// The file cannot be reached or read for some other reason.
  case unavailable(path: String, detail: String)
  /// What was to be recorded does not fit the log; a mistake of the caller, nothing was recorded.
  case unsuitable(detail: String)
}

extension StoreError: CustomStringConvertible {
  /// What happened and what to do about it, in sentences.
  public var description: String { happened + " " + advice }

  /// What happened, as one sentence.
  public var happened: String {
    switch self {
    case .readOnly(let path): "Your progress cannot be saved: \(path) may not be written."
    case .full(let path): "Your progress cannot be saved: there is no room left for \(path)."
    case .corrupt(let path, let detail):
      "The store \(path) is damaged and was left untouched (\(detail))."
    case .foreign(let path):
      "\(path) is a database, but no Drillhall store; it was left untouched."
    case .newer(let path, let found, let known):
      "The store \(path) was written by a newer Drillhall (format \(found), this one knows "
        + "\(known)); it was left untouched."
    case .locked(let path): "Another process keeps the store \(path) locked."
    case .unavailable(let path, let detail): "The store \(path) cannot be used: \(detail)."
    case .unsuitable(let detail): "This cannot be recorded: \(detail)."
    }
  }

  /// What the user can do, in a sentence or two.
  public var advice: String {
    switch self {
    case .readOnly:
      "Make the folder writable or name another place with --store PATH."
    case .full: "Nothing that was saved before is lost. Free some space and go on."
    case .corrupt(let path, _):
      "Keep the file, it may be mended (sqlite3 FILE .recover) or replaced by a backup; to go on "
        + "meanwhile, start a new store beside it with --store \(Self.quoted(besides(path)))."
    case .foreign: "Name another file with --store PATH."
    case .newer(let path, _, _):
      "Update Drillhall, or start another store with --store \(Self.quoted(besides(path)))."
    case .locked: "Close the program that uses it, then try again; nothing is lost."
    case .unavailable: "Name another place with --store PATH."
    case .unsuitable: "Nothing was changed."
    }
  }

  private func besides(_ path: String) -> String { ProgressStore.freshPath(beside: path) }

  private static func quoted(_ path: String) -> String {
    path.allSatisfy { $0.isLetter || $0.isNumber || "/._-".contains($0) } ? path : "'\(path)'"
  }
}

extension StoreError {
  /// What went wrong with the store at `path`, in our own terms.
  init(_ error: any Error, path: String) {
    if let known = error as? StoreError {
      self = known
    } else if let database = error as? DatabaseError {
      self.init(database: database, path: path)
    } else if let unreadable = error as? Diagnostic {
      self = .corrupt(path: path, detail: unreadable.description)
    } else {
      self = .unavailable(path: path, detail: "\(error)")
    }
  }

  /// What an error of the database means for the store at `path`.
  init(database error: DatabaseError, path: String) {
    let detail = error.message ?? error.resultCode.description
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked(path: path)
    case .SQLITE_FULL: self = .full(path: path)
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: self = .readOnly(path: path)
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .corrupt(path: path, detail: detail)
    case .SQLITE_IOERR:
      // A limit on file sizes or a quota shows as a failed write, not as SQLITE_FULL.
      switch error.extendedResultCode {
      case .SQLITE_IOERR_WRITE, .SQLITE_IOERR_SHMSIZE, .SQLITE_IOERR_TRUNCATE:
        self = .full(path: path)
      case .SQLITE_IOERR_SHORT_READ: self = .corrupt(path: path, detail: "it ends too early")
      default: self = .unavailable(path: path, detail: detail)
      }
    default: self = .unavailable(path: path, detail: detail)
    }
  }
}
