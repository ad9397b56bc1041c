import Drills
import Estimation
import Foundation
import Kernel

/// The content of the estimation coach: kinds of problems, flawed estimates, the estimates of cases.
///
/// Files are read when they are first asked for.
public final class EstimateShelf {
  /// The constants and price lists.
  public let reference: EstimateReference
  /// The ids of the kinds of problems, in alphabetical order.
  public let problemIDs: [String]
  /// The estimates of cases: their files, in the order of the folders.
  public let caseFiles: [String]
  private let folder: String
  private var problems: [String: ProblemFamily] = [:]
  private var knownFlaws: [FlawedEstimate]?

  init(root: String, reference: EstimateReference) {
    self.reference = reference
    folder = root + "/lessons/estimates"
    problemIDs = Self.names(in: folder + "/problems").filter { $0.hasSuffix(".yaml") }.map {
      String($0.dropLast(5))
    }
    caseFiles = Self.names(in: root + "/cases").map { "\(root)/cases/\($0)/estimate.est" }.filter {
      FileManager.default.fileExists(atPath: $0)
    }
  }

  private static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  /// The estimates of cases by the names of the cases: `netflix` for the folder `26-netflix`.
  public var cases: [(name: String, file: String)] {
    caseFiles.map { file in
      let folder = file.split(separator: "/").dropLast().last ?? ""
      return (String(folder.drop { $0.isNumber || $0 == "-" }), file)
    }
  }

  /// The text of the estimate of the case called `name`, with its file; nil when it has none.
  public func source(ofCase name: String) throws(Diagnostic) -> SourceText? {
    guard let file = cases.first(where: { $0.name == name })?.file else { return nil }
    return SourceText(try Library.text(file), file: file, firstLine: 1)
  }

  /// The file of the kind of problem called `id`.
  func file(ofProblem id: String) -> String { "\(folder)/problems/\(id).yaml" }

  /// The file of the flawed estimates.
  var flawFile: String { folder + "/flaws.yaml" }

  /// The file of the constants.
  var constantFile: String { folder + "/constants.yaml" }

  /// The kind of problem called `id`.
  public func problem(_ id: String) throws(Diagnostic) -> ProblemFamily {
    if let known = problems[id] { return known }
    guard problemIDs.contains(id) else {
      throw Diagnostic.unknown("problem", id, known: problemIDs)
        .listed(by: "estimate problems")
    }
    let file = file(ofProblem: id)
    let problem = try ProblemReader.read(Library.text(file), file: file, name: id)
    problems[id] = problem
    return problem
  }

  /// Every flawed estimate; none when there is no such file.
  public func flaws() throws(Diagnostic) -> [FlawedEstimate] {
    if let knownFlaws { return knownFlaws }
    guard FileManager.default.fileExists(atPath: flawFile) else { return [] }
    let read = try FlawReader.read(Library.text(flawFile), file: flawFile)
    knownFlaws = read
    return read
  }

  /// The constants of the content at `root`, without reading anything yet.
  public static func reference(root: String) -> EstimateReference {
    let file = root + "/lessons/estimates/constants.yaml"
    func isThere() -> Bool { FileManager.default.fileExists(atPath: file) }
    return EstimateReference(
      { () throws(Diagnostic) in
        guard isThere() else { return EstimateReference.Content(constants: [], tariffs: []) }
        return try ConstantReader.read(Library.text(file), file: file)
      },
      find: { id throws(Diagnostic) in
        guard isThere() else { return nil }
        return try ConstantReader.constant(id, in: Library.text(file), file: file)
      })
  }
}
