import Kernel

/// What can happen to a pod, and what follows.
extension PodLifecycle {
  /// Where a container stands.
  public enum Container: Sendable, Hashable {
    /// It does not run.
    case off
    /// Its process is being started.
    case starting
    /// Its process runs and it is not ready.
    case running
    /// It is ready.
    case ready
    /// It died and waits to be started again.
    case waiting
    /// Its hook before stopping runs; it works as before.
    case preStopping
    /// It was told to stop and still runs.
    case stopping
    /// It has done its work: an init container.
    case done
  }

  /// What the pod waits for.
  public enum Timer: Sendable, Hashable {
    /// The wait before the init container is started again.
    case initBackoff
    /// The wait before the application is started again.
    case backoff
    /// The wait before the sidecar is started again.
    case sidecarBackoff
    /// The application's hook before stopping.
    case preStop
    /// The sidecar's hook before stopping.
    case sidecarPreStop
    /// What a sidecar drains.
    case drain
    /// What it drains at least before it looks at its connections.
    case minimumDrain
    /// The grace period.
    case grace
  }

  /// What can happen.
  public enum Input: Sendable, Hashable {
    /// The pod is to run.
    case started
    /// The init container makes its call.
    case initCalls
    /// The sidecar's process runs.
    case sidecarRuns
    /// The sidecar is ready: it has its certificate and its configuration.
    case sidecarReady
    /// The sidecar's process has died.
    case sidecarDied
    /// The application is up and makes its first call.
    case applicationCalls
    /// The pod is to stop.
    case stopAsked
    /// The application has ended what it had.
    case applicationGone
    /// So many requests are open in the sidecar.
    case connections(Int)
    /// A timer that was set in this life of the pod is over.
    case wake(Timer, life: Int)
  }

  /// What follows.
  public enum Output: Sendable, Hashable {
    /// Start the init container.
    case startInit
    /// Start the sidecar's process.
    case startSidecar
    /// Start the application.
    case startApplication
    /// Wake me after this span.
    case wakeMe(after: TimeSpan, Timer, life: Int)
    /// A container made a call that nothing carried and died; it starts again after this wait.
    case died(isInit: Bool, again: TimeSpan)
    /// Tell the application to stop: it ends what it has and takes nothing new.
    case terminateApplication
    /// The sidecar is told to stop.
    case terminateSidecar
    /// The sidecar's process has ended.
    case sidecarEnded
    /// The pod can serve.
    case ready
    /// Nothing runs any more; whether something had to be killed.
    case gone(isKilled: Bool)
  }
}
