import Estimation
import Kernel

extension LessonTaskReader {
  /// An `estimate` block: figures under `given`, questions under `steps`, as in a kind of problem.
  func estimate(_ field: YAMLField) throws(Diagnostic) -> LessonTask {
    let map = try field.map(
      known: ["id", "ask", "units", "given", "steps", "hints", "explain", "cite"])
    let id = try map.words("id")
    let ask = try map.words("ask")
    let family = ProblemFamily(
      id: "\(topic)/\(id)", title: id, topic: topic, minutes: 1, story: ask,
      units: try map.strings("units"), givens: try ProblemReader.givens(map),
      steps: try ProblemReader.steps(map), debrief: "")
    let problem: Problem
    do { problem = try family.problem(seed: 1, reference: reference) } catch {
      throw error.file == nil ? field.placed(error) : error
    }
    return LessonTask(
      id: id, kind: .estimate(EstimateTask(ask: problem.story, problem: problem)),
      hints: try map.strings("hints"), explanation: try map.optionalWords("explain"),
      cites: try map.cites("cite", of: sources), line: line)
  }
}
