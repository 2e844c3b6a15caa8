import { experimental, status } from "@grpc/grpc-js";
import { readDetails } from "#contract/status-details.ts";
import { speaksAgainstReplica } from "#contract/verdict.ts";
import { forgetReplicas, isSilent, noteReplicas } from "./unresponsive-replicas.ts";

const { ChildLoadBalancerHandler, createChildChannelControlHelper, PickResultType } = experimental;
type LoadBalancer = experimental.LoadBalancer;
type Picker = experimental.Picker;
type BalancerConfig = experimental.TypedLoadBalancingConfig;
type Endpoint = experimental.Endpoint;
type AddressUpdate = Parameters<LoadBalancer["updateAddressList"]>;

/**
 * The load-balancing policy's name in a service config. Its one field, `child_policy`, is what
 * balances.
 */
export const CALLEE_FAULTS = "callee_faults";

/** The channel's option that says of which transport it is. */
export const TRANSPORT_ID = "triptych.transport_id";

/**
 * The callee's name is looked up so often, in milliseconds: by itself grpc-js does so only when a
 * connection ends, and a replica that is new would wait for another's end.
 */
const RESOLUTION_INTERVAL_MS = 1_500;

/** Registers the policy with grpc-js, once for the process. */
export function registerCalleeFaultBalancer(): void {
  experimental.registerLoadBalancerType(
    CALLEE_FAULTS,
    CalleeFaultBalancer,
    CalleeFaultBalancerConfig,
  );
}

class CalleeFaultBalancerConfig implements BalancerConfig {
  readonly child: BalancerConfig;

  constructor(child: BalancerConfig) {
    this.child = child;
  }

  /** Reads the policy's part of a service config. Throws if grpc-js knows no such child. */
  static createFromJson(json: { readonly child_policy: Child[] }): CalleeFaultBalancerConfig {
    const child = experimental.selectLbConfigFromList(json.child_policy);
    if (child === null) throw new Error(`${CALLEE_FAULTS} has no child policy that is known`);
    return new CalleeFaultBalancerConfig(child);
  }

  getLoadBalancerName(): string {
    return CALLEE_FAULTS;
  }

  toJsonObject(): object {
    return { [CALLEE_FAULTS]: { child_policy: [this.child.toJsonObject()] } };
  }
}

type Child = Parameters<typeof experimental.selectLbConfigFromList>[0][number];

/**
 * Tells a balancer that counts failures what speaks against a replica, as a breaker is told what
 * speaks against a callee: to outlier detection by itself every answer but OK is a failure, so that
 * a run of NOT_FOUND, or of calls that an overloaded callee sheds, would take healthy replicas
 * away. A call that was cancelled after some silence counts too: it was hedged, or its time was
 * over. While a replica does not answer so much as a ping, another is picked. It also looks for new
 * replicas, and leaves the connections to the others alone.
 */
class CalleeFaultBalancer implements LoadBalancer {
  readonly #child: InstanceType<typeof ChildLoadBalancerHandler>;
  readonly #timer: NodeJS.Timeout;
  #transportId = "";
  #replicas = 1;

  constructor(helper: experimental.ChannelControlHelper) {
    this.#child = new ChildLoadBalancerHandler(
      createChildChannelControlHelper(helper, {
        updateState: (state, picker, errorMessage) =>
          helper.updateState(state, new CalleeFaultPicker(picker, this.#replicas), errorMessage),
      }),
    );
    this.#timer = setInterval(() => helper.requestReresolution(), RESOLUTION_INTERVAL_MS).unref();
  }

  updateAddressList(...[addresses, config, options, note]: AddressUpdate): boolean {
    if (!(config instanceof CalleeFaultBalancerConfig)) return false;
    if (addresses.ok) this.#note(addresses.value, options);
    return this.#child.updateAddressList(addresses, config.child, options, note);
  }

  #note(endpoints: readonly Endpoint[], options: AddressUpdate[2]): void {
    const all = endpoints.flatMap(({ addresses }) => addresses);
    this.#replicas = all.length;
    this.#transportId = String(options[TRANSPORT_ID]);
    noteReplicas(this.#transportId, all.map(experimental.subchannelAddressToString));
  }

  exitIdle(): void {
    this.#child.exitIdle();
  }

  resetBackoff(): void {
    this.#child.resetBackoff();
  }

  destroy(): void {
    clearInterval(this.#timer);
    forgetReplicas(this.#transportId);
    this.#child.destroy();
  }

  getTypeName(): string {
    return CALLEE_FAULTS;
  }
}

class CalleeFaultPicker implements Picker {
  readonly #child: Picker;
  readonly #replicas: number;

  constructor(child: Picker, replicas: number) {
    this.#child = child;
    this.#replicas = replicas;
  }

  pick(what: experimental.PickArgs): experimental.PickResult {
    const picked = this.#pickHeard(what);
    const { onCallEnded } = picked;
    if (picked.pickResultType !== PickResultType.COMPLETE || onCallEnded === null) return picked;
    const startMs = performance.now();
    return {
      ...picked,
      onCallEnded: (code, details, metadata) => {
        if (code === status.OK) return onCallEnded(code, details, metadata);
        const { reason = "" } = readDetails(metadata);
        const outcome = { code, reason, message: details };
        const isFault = speaksAgainstReplica(outcome, performance.now() - startMs);
        onCallEnded(isFault ? code : status.OK, details, metadata);
      },
    };
  }

  /** Picks the next replica that is not silent; any, if all are. */
  #pickHeard(what: experimental.PickArgs): experimental.PickResult {
    let picked = this.#child.pick(what);
    for (let others = this.#replicas - 1; others > 0; others--) {
      const { subchannel } = picked;
      if (subchannel === null || !isSilent(subchannel.getAddress())) break;
      picked = this.#child.pick(what);
    }
    return picked;
  }
}
