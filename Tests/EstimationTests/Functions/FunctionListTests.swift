import Testing

@testable import Estimation

@Suite("The functions of the estimation language")
struct FunctionListTests {
  @Test("no two functions share a name, and every name is typed in snake case")
  func names() {
    let names = EstimateFunctions.all.map(\.name)
    #expect(Set(names).count == names.count)
    for name in names {
      let isSnakeCase = name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" }
      #expect(isSnakeCase, "\(name)")
    }
  }

  @Test("functions of one group stand together")
  func groupsStandTogether() {
    var seen: [EstimateFunction.Group] = []
    for function in EstimateFunctions.all where seen.last != function.group {
      #expect(!seen.contains(function.group), "\(function.name)")
      seen.append(function.group)
    }
  }

  @Test("every function says all that help shows", arguments: EstimateFunctions.all.map(\.name))
  func texts(name: String) throws {
    let function = try #require(EstimateFunctions.all.first { $0.name == name })
    #expect(SignatureGrammar(function.signature) != nil, "\(function.signature)")
    #expect(function.summary.hasSuffix("."))
    #expect(!function.summary.contains("\n"))
    #expect(function.assumptions.hasSuffix("."))
    #expect(!function.source.isEmpty)
    #expect(function.example.call.contains(name + "("))
    #expect(!function.example.result.isEmpty)
    for line in function.formula.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
  }

  @Test(
    "the checker of signatures refuses what is malformed",
    arguments: [
      "", "() -> 1", "(a: A) ->1", "(a: A) -> B", "(a: AB) -> 1", "(a: A, a: 1) -> A",
      "(a: 1..., b: 1) -> 1", "(a: 1 = 2, b: 1) -> 1", "(a: 1 = x) -> 1", "(A: 1) -> 1",
      "(a: time*) -> 1", "(a: length) -> 1",
    ])
  func malformed(signature: String) {
    #expect(SignatureGrammar(signature) == nil)
  }
}
