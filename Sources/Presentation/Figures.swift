/// Rows and columns of text.
public struct Table: Sendable, Equatable {
  /// How a column's cells line up.
  public enum Alignment: Sendable, Hashable {
    /// Words.
    case leading
    /// Figures.
    case trailing
  }

  /// A column: its heading and how its cells line up.
  public struct Column: Sendable, Equatable {
    /// The heading; empty for none.
    public let title: String
    /// How the cells line up.
    public let alignment: Alignment

    /// A column.
    public init(_ title: String, _ alignment: Alignment = .leading) {
      self.title = title
      self.alignment = alignment
    }
  }

  /// The columns from left to right.
  public let columns: [Column]
  /// The rows from top to bottom, a cell for each column.
  public let rows: [[Text]]

  /// A table; each row has a cell for each column.
  public init(_ columns: [Column], _ rows: [[Text]]) {
    precondition(rows.allSatisfy { $0.count == columns.count }, "a row has a cell for each column")
    self.columns = columns
    self.rows = rows
  }
}

/// Labelled horizontal bars with the figure beside each.
public struct BarChart: Sendable, Equatable {
  /// One bar.
  public struct Bar: Sendable, Equatable {
    /// What the bar is of.
    public let label: String
    /// Its length, 0 or more.
    public let value: Double
    /// The figure as text.
    public let text: String
    /// How the bar bears on things.
    public let tone: Tone?

    /// A bar.
    public init(_ label: String, _ value: Double, text: String, tone: Tone? = nil) {
      self.label = label
      self.value = value
      self.text = text
      self.tone = tone
    }
  }

  /// The bars from top to bottom.
  public let bars: [Bar]
  /// A remark under the bars, as in `max/mean 1.013`.
  public let caption: String?

  /// A chart of `bars`.
  public init(_ bars: [Bar], caption: String? = nil) {
    self.bars = bars
    self.caption = caption
  }
}

/// Figures over time, drawn one above the other on the same time axis.
public struct TimeChart: Sendable, Equatable {
  /// How a series is drawn.
  public enum Style: Sendable, Hashable {
    /// A line with an axis of figures.
    case line
    /// One row of block characters.
    case strip
    /// One row that is filled where the figure is not 0.
    case band
  }

  /// One series: a figure for each step of time; nil where nothing was measured.
  public struct Series: Sendable, Equatable {
    /// What is shown, as in `p99`.
    public let name: String
    /// The figures, one for each step, evenly spaced over the chart's time.
    public let values: [Double?]
    /// How the figures are written on the axis.
    public let text: @Sendable (Double) -> String
    /// How it is drawn.
    public let style: Style
    /// A level to draw across, such as an objective.
    public let level: Double?

    /// A series.
    public init(
      _ name: String, _ values: [Double?], style: Style, level: Double? = nil,
      text: @escaping @Sendable (Double) -> String
    ) {
      self.name = name
      self.values = values
      self.style = style
      self.level = level
      self.text = text
    }

    /// Whether both show the same figures in the same way.
    public static func == (left: Series, right: Series) -> Bool {
      left.name == right.name && left.values == right.values && left.style == right.style
        && left.level == right.level
    }
  }

  /// The series from top to bottom.
  public let series: [Series]
  /// Whether names begin in one column, so that their indents are seen; else they end beside the
  /// drawing.
  public let isOutline: Bool
  /// When the time axis begins, as text.
  public let start: String
  /// When it ends, as text.
  public let end: String

  /// A chart of `series` over the time from `start` to `end`.
  public init(_ series: [Series], start: String, end: String, isOutline: Bool = false) {
    self.series = series
    self.isOutline = isOutline
    self.start = start
    self.end = end
  }
}
