import Kernel

/// A number that estimates may use by name, with where it comes from.
public struct EstimateConstant: Sendable, Hashable {
  /// What kind of figure it is.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// What one machine, disk, link or core does.
    case machine
    /// How long something takes.
    case latency
    /// What something costs.
    case price
    /// A rate or size of a real system.
    case published
    /// A peak over an average.
    case peak
    /// A plain ratio.
    case ratio
    /// How large something is.
    case size
    /// A limit that a protocol or a format sets.
    case limit
  }

  /// The name as typed.
  public let id: String
  /// What kind of figure it is.
  public let kind: Kind
  /// The figure, as an expression of the language.
  public let value: String
  /// The thing in a few words, to follow "about 0.4 of" or "close to".
  public let label: String
  /// What it is and under which conditions.
  public let summary: String
  /// Author, title, year.
  public let source: String
  /// An address, or a path in a public repository.
  public let address: String
  /// When it was measured or stated.
  public let date: String
  /// A question that the figure answers, for calibration; nil where nobody could give a range.
  public let question: String?

  /// A constant.
  public init(
    id: String, kind: Kind, value: String, label: String, summary: String, source: String,
    address: String, date: String, question: String?
  ) {
    self.id = id
    self.kind = kind
    self.value = value
    self.label = label
    self.summary = summary
    self.source = source
    self.address = address
    self.date = date
    self.question = question
  }

  /// The figure as the formula of a statement.
  func statement() throws(EstimateComplaint) -> Statement {
    let source = SourceText(value)
    var parser = Parser(source, table: UnitTable())
    guard let statement = try parser.statement() else {
      throw EstimateComplaint(.endsEarly("a formula"), at: SourceRange(0, 0), in: source)
    }
    return statement
  }
}

/// A price list with tiers, for `cost(NAME, amount)`.
public struct EstimateTariff: Sendable, Hashable {
  /// The name as typed.
  public let id: String
  /// What it is the price of.
  public let summary: String
  /// The unit that the prices are for, as an expression: `GB`.
  public let per: String
  /// The tiers: up to an amount (an expression such as `10 TB`; nil for the last) at a price in
  /// dollars for each unit.
  public let tiers: [Tier]
  /// Author, title, year.
  public let source: String
  /// An address.
  public let address: String
  /// When it was stated.
  public let date: String

  /// One tier.
  public struct Tier: Sendable, Hashable {
    /// Where it ends; nil for the last one.
    public let upTo: String?
    /// Dollars for each unit within it.
    public let price: Double

    /// A tier.
    public init(upTo: String?, price: Double) {
      self.upTo = upTo
      self.price = price
    }
  }

  /// A price list.
  public init(
    id: String, summary: String, per: String, tiers: [Tier], source: String, address: String,
    date: String
  ) {
    self.id = id
    self.summary = summary
    self.per = per
    self.tiers = tiers
    self.source = source
    self.address = address
    self.date = date
  }
}

/// A source of figures.
public struct EstimateSource: Sendable, Hashable {
  /// The key by which problems name it.
  public let key: String
  /// What it is.
  public let title: String
  /// Where it stands.
  public let address: String

  /// A source.
  public init(key: String, title: String, address: String) {
    self.key = key
    self.title = title
    self.address = address
  }
}

/// The constants and price lists that estimates may use; they are read when a name is first not
/// known otherwise, so that an estimate without them starts at once.
public final class EstimateReference {
  /// Everything there is.
  public struct Content: Sendable {
    /// The constants.
    public let constants: [EstimateConstant]
    /// The price lists.
    public let tariffs: [EstimateTariff]
    /// The sources that constants rest on, which problems name by their keys.
    public let sources: [EstimateSource]

    /// A content.
    public init(
      constants: [EstimateConstant], tariffs: [EstimateTariff], sources: [EstimateSource] = []
    ) {
      self.constants = constants
      self.tariffs = tariffs
      self.sources = sources
    }
  }

  private let load: () throws(Diagnostic) -> Content
  private let find: (String) throws(Diagnostic) -> EstimateConstant?
  private var loaded: Result<Content, Diagnostic>?
  private var found: [String: EstimateConstant] = [:]

  /// A reference whose content `load` reads; it is called once.
  ///
  /// `find` may know a single constant without reading everything; nil means that it does not.
  public init(
    _ load: @escaping () throws(Diagnostic) -> Content,
    find: @escaping (String) throws(Diagnostic) -> EstimateConstant? = { _ in nil }
  ) {
    self.load = load
    self.find = find
  }

  /// A reference of this content.
  public convenience init(_ content: Content) { self.init { content } }

  /// A reference with nothing in it.
  public static var empty: EstimateReference {
    EstimateReference(Content(constants: [], tariffs: []))
  }

  /// Everything there is; throws what is wrong with the file.
  public func content() throws(Diagnostic) -> Content {
    if let loaded { return try loaded.get() }
    do throws(Diagnostic) {
      let content = try load()
      loaded = .success(content)
      return content
    } catch {
      loaded = .failure(error)
      throw error
    }
  }

  /// The constant called `id`.
  public func constant(_ id: String) throws(Diagnostic) -> EstimateConstant? {
    if let known = found[id] { return known }
    if loaded == nil, let constant = try find(id) {
      found[id] = constant
      return constant
    }
    return try content().constants.first { $0.id == id }
  }

  /// The price list called `id`.
  public func tariff(_ id: String) throws(Diagnostic) -> EstimateTariff? {
    try content().tariffs.first { $0.id == id }
  }
}
