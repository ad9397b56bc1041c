import Kernel

/// The tools whose own parameters the mesh understands.
public enum MeshPreset: String, Sendable, Hashable, CaseIterable {
  /// Plain names.
  case plain
  /// Istio.
  case istio
  /// Linkerd 2.
  case linkerd
  /// Envoy without a control plane of its own.
  case envoy

  /// The knobs with the defaults of the tool, and where they come from.
  public var tool: ToolPreset {
    switch self {
    case .plain: PlainMesh.tool
    case .istio: IstioMesh.tool
    case .linkerd: LinkerdMesh.tool
    case .envoy: EnvoyMesh.tool
    }
  }

  /// The mesh that `settings` describe; they must hold the knobs of `tool`.
  public func design(_ settings: Settings) -> MeshDesign {
    switch self {
    case .plain: PlainMesh.design(settings)
    case .istio: IstioMesh.design(settings)
    case .linkerd: LinkerdMesh.design(settings)
    case .envoy: EnvoyMesh.design(settings)
    }
  }

  /// The mesh that `settings` describe as far as they hold the knobs of `tool`; the others stand at
  /// their defaults.
  public func design(sharing settings: Settings) -> MeshDesign {
    var own = Settings(tool.knobs)
    own.adopt(settings)
    return design(own)
  }
}
