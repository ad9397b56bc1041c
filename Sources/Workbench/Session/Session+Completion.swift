import Curriculum
import Drills
import Estimation
import Kernel

extension Session {
  /// What Tab offers for the last word of `text`: whole words, in alphabetical order.
  public func completions(for text: String) -> [String] {
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    let isNewWord = text.last?.isWhitespace ?? true
    let before = isNewWord ? words : Array(words.dropLast())
    let start = isNewWord ? "" : words.last ?? ""
    let offers = before.isEmpty ? firstWords : self.offers(after: before, start)
    return Self.fitting(offers + formulas(start), start)
  }

  /// What the shell's Tab offers for a word that begins with `start` after the words of a call.
  public func callCompletions(after words: [String], _ start: String) -> [String] {
    let commands = CommandRegistry.commands.map(\.spec).filter { !$0.isPromptOnly }
    guard !words.isEmpty else {
      let names = commands.flatMap { [$0.name] + $0.aliases }.filter { $0.first?.isLetter == true }
      return Self.fitting(names.map { String($0.prefix { $0 != " " }) }, start)
    }
    if let found = CommandRegistry.find(words)?.command.spec, found.isPromptOnly { return [] }
    return Self.fitting(offers(after: words, start), start)
  }

  private static func fitting(_ offers: [String], _ start: String) -> [String] {
    Array(Set(offers.filter { $0.hasPrefix(start) && !$0.isEmpty })).sorted()
  }

  /// Words of a formula that go on what stands behind the last sign: `peak(ra` to `peak(rate`.
  private func formulas(_ start: String) -> [String] {
    let isPart = { (character: Character) in
      character.isLetter || character.isNumber || character == "_"
    }
    let tail = String(start.reversed().prefix(while: isPart).reversed())
    guard tail.first?.isLetter == true else { return [] }
    let head = start.dropLast(tail.count)
    return desk.formulaWords.filter { $0.hasPrefix(tail) }.map { head + $0 }
  }

  private var firstWords: [String] {
    let names = CommandRegistry.commands.flatMap { [$0.spec.name] + $0.spec.aliases }
    return names.map { String($0.prefix { $0 != " " }) } + desk.words
  }

  private func offers(after words: [String], _ start: String) -> [String] {
    let second = words.count == 1 ? CommandRegistry.continuations(of: words[0]) : []
    guard let (command, count) = CommandRegistry.find(words) else {
      if !second.isEmpty { return second }
      return desk.openBench == nil ? [] : desk.words
    }
    let given = Array(words.dropFirst(count))
    let spec = command.spec
    if let option = spec.options.first(where: { $0.name == given.last }), option.value != nil {
      return optionValues(option, given: given, start)
    }
    let place = min(given.count { !$0.hasPrefix("-") }, max(spec.arguments.count - 1, 0))
    let isOpen = spec.arguments.indices.contains(place)
    let own = isOpen ? values(spec.arguments[place].completion, given: given, start) : []
    return second + own + spec.options.map(\.name)
  }

  private func optionValues(
    _ option: CommandSpec.Option, given: [String], _ start: String
  ) -> [String] {
    let id = given.first { !$0.hasPrefix("-") } ?? ""
    switch option.name {
    case "--as": return presets(of: id)
    case "--set", "--vary":
      guard let drill = try? library.drill(id) else { return [] }
      return drill.settings.knobs.map { $0.name + "=" }
    default: return values(option.completion, given: given, start)
    }
  }

  private func presets(of topic: String) -> [String] {
    (try? TopicRegistry.topic(topic))?.presets.map(\.id) ?? []
  }

  private func values(
    _ completion: CommandSpec.Completion, given: [String], _ start: String
  ) -> [String] {
    switch completion {
    case .nothing: return []
    case .topics:
      guard !start.contains("/") else { return library.drillIDs }
      // Three hundred drills would flood the screen; those of a topic follow behind its `/`.
      let topics = library.topics.filter { $0.hasPrefix(start) }
      let only = topics.count == 1 && !library.drillIDs(of: topics[0]).isEmpty
      return topics + (only ? [topics[0] + "/"] : [])
    case .drills:
      let topics = library.topics.filter { $0.hasPrefix(start.prefix { $0 != "/" }) }
      guard topics.count > 1, !start.contains("/") else { return library.drillIDs }
      return topics.filter { !library.drillIDs(of: $0).isEmpty }.map { $0 + "/" }
    case .designs: return library.folders.filter(\.isCase).map(\.topic) + library.blueprintIDs
    case .cases: return library.interviewTopics
    case .estimates: return surroundings.files(start) + library.estimates.cases.map(\.name)
    case .commands:
      return given.isEmpty ? CommandRegistry.words : CommandRegistry.continuations(of: given[0])
    case .steps: return (desk as? LessonDesk)?.lesson.steps.map(\.id) ?? []
    case .knobs: return desk.settings?.knobs.map { $0.name + "=" } ?? []
    case .presets: return presets(of: given.first ?? desk.topic ?? "")
    case .terms: return (try? library.glossary().terms.map(\.name)) ?? []
    case .problems: return library.estimates.problemIDs
    case .flaws: return (try? library.estimates.flaws().map(\.id)) ?? []
    case .files: return surroundings.files(start)
    case .words(let words): return words
    }
  }
}
