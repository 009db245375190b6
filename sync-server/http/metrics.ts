import { monitorEventLoopDelay } from "node:perf_hooks";

/** A number that an engine knows, read when somebody asks for the metrics. Null: not known now. */
export interface Gauge {
  readonly name: string;
  readonly help: string;
  read(): Promise<number | null>;
}

const NANOSECONDS = 1e9;
/** Each look wakes the process, a quarter of a millisecond here: ten a second cost a room full of writers a thirtieth of its time. */
const LOOP_LOOK_MS = 500;

/** Counts of this process, in the text form of Prometheus. Holds no personal data: labels are routes and status codes only. */
export class Metrics {
  private readonly requests = new Map<string, { count: number; seconds: number }>();
  private readonly loopDelay = monitorEventLoopDelay({ resolution: LOOP_LOOK_MS });
  private active = 0;

  constructor(private readonly gauges: readonly Gauge[]) {
    this.loopDelay.enable();
  }

  begin(): void {
    this.active += 1;
  }

  end({ route, method, status, seconds }: { route: string; method: string; status: number; seconds: number }): void {
    this.active -= 1;
    const key = `method="${method}",route="${route}",status="${status}"`;
    const found = this.requests.get(key) ?? { count: 0, seconds: 0 };
    this.requests.set(key, { count: found.count + 1, seconds: found.seconds + seconds });
  }

  /** By how much a look came late. What Node keeps is the time from one look to the next. */
  private loopDelaySeconds(percentile: number): number {
    return Math.max(0, this.loopDelay.percentile(percentile) / NANOSECONDS - LOOP_LOOK_MS / 1_000);
  }

  async text(): Promise<string> {
    const lines = [
      ...family("mochila_requests_total", "counter", "Answers by route and status.", [...this.requests].map(([labels, { count }]) => [labels, count])),
      ...family("mochila_request_seconds_total", "counter", "Seconds spent on them.", [...this.requests].map(([labels, { seconds }]) => [labels, seconds])),
      ...family("mochila_requests_active", "gauge", "Requests that are being answered.", [["", this.active]]),
      ...family("mochila_event_loop_delay_seconds", "gauge", "Delay of the event loop since the last reading.", [
        ['quantile="0.5"', this.loopDelaySeconds(50)],
        ['quantile="0.99"', this.loopDelaySeconds(99)],
      ]),
      ...family("process_resident_memory_bytes", "gauge", "Resident memory.", [["", process.memoryUsage.rss()]]),
    ];
    this.loopDelay.reset();
    for (const gauge of this.gauges) {
      const value = await gauge.read().catch(() => null);
      if (value !== null) lines.push(...family(gauge.name, "gauge", gauge.help, [["", value]]));
    }
    return `${lines.join("\n")}\n`;
  }
}

function family(name: string, type: "counter" | "gauge", help: string, samples: readonly (readonly [string, number])[]): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples.map(([labels, value]) => `${name}${labels && `{${labels}}`} ${value}`)];
}
