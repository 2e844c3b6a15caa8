import type { ChildProcess } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { eventually } from "@triptych/chassis/testing/eventually";
import {
  createTestAuthority,
  type TestAuthority,
  type TestCertificateFiles,
  writeTestCertificates,
} from "@triptych/chassis/testing/test-certificates";
import { readStackFile } from "#control/stack-file.ts";
import { withPrefix } from "#settings/own-settings.ts";
import { outcomeOf, runStack, spawnStack } from "./run-stack.ts";

const PROCESSES = ["users", "images", "comments", "gateway"] as const;
const ROTATIONS = 3;
const PACE_MS = 20;
const START_MS_MAX = 30_000;
const TEST_MS_MAX = 120_000;
const NOBODY = "019aaf3e-6c2b-7cc0-8a44-000000000001";

const authority = createTestAuthority();

/**
 * A request to each service, among them one that calls another service, with the expected status.
 */
const PATHS: Readonly<Record<string, number>> = {
  "/v1/users?query=a": 200,
  "/v1/images": 200,
  [`/v1/images/${NOBODY}/comments`]: 404,
};

describe("the whole stack with certificates", () => {
  const cleanUp = new AsyncDisposableStack();
  const files = new Map<string, TestCertificateFiles>();
  let folder: string;
  const environment: Record<string, string> = {};
  let child: ChildProcess;
  let url: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "stack-tls-"));
    cleanUp.defer(() => rm(folder, { recursive: true, force: true }));
    Object.assign(environment, { TRIPTYCH_DATA: folder, PORT: "0" });
    for (const name of PROCESSES) {
      const own = await writeTestCertificates(authority.signFor(name), authority.certificate);
      files.set(name, cleanUp.use(own));
      const { certificate, key, ca } = own.paths;
      const settings = {
        TLS_CERTIFICATE_FILE: certificate,
        TLS_KEY_FILE: key,
        TLS_CA_FILE: ca,
        LOG_LEVEL: "info",
      };
      Object.assign(environment, withPrefix(settings, name));
    }
    child = spawnStack(["start"], environment);
    const readyUrl = async () => {
      const record = await readStackFile(join(folder, "stack.json"));
      return record?.state === "ready" ? (record.url ?? undefined) : undefined;
    };
    url = await eventually(readyUrl, { timeoutMs: START_MS_MAX });
  }, TEST_MS_MAX);

  afterAll(async () => {
    const outcome = outcomeOf(child);
    child.kill("SIGTERM");
    await outcome;
    await cleanUp.disposeAsync();
  }, TEST_MS_MAX);

  async function rotate(name: string, signer: TestAuthority): Promise<void> {
    const log = join(folder, "logs", `${name}.log`);
    const count = async () =>
      (await readFile(log, "utf8")).split("certificates were read again").length;
    const before = await count();
    await files.get(name)?.write(signer.signFor(name), signer.certificate);
    await eventually(async () => (await count()) > before);
  }

  test("exports the expiry of the gateway's certificate as a metric", async () => {
    const { paths } = files.get("gateway") ?? {};
    const { validToDate } = new X509Certificate(await readFile(paths?.certificate ?? ""));
    const log = await readFile(join(folder, "logs", "gateway.log"), "utf8");
    const metricsPort = /"metricsPort":(\d+)/.exec(log)?.[1];
    const page = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    const labels = '{role="own",service="gateway"}';
    expect(page).toContain(
      `tls_certificate_not_after_timestamp_seconds${labels} ${validToDate.getTime() / 1000}`,
    );
  });

  test(
    "loses no request while every process changes its certificate, and trusts no unknown authority",
    async () => {
      let isOver = false;
      let answered = 0;
      const failures: unknown[] = [];
      const load = Object.entries(PATHS).map(async ([path, expected]) => {
        while (!isOver) {
          const { status } = await fetch(`${url}${path}`);
          if (status === expected) answered += 1;
          else failures.push({ path, status });
          await delay(PACE_MS);
        }
      });
      for (let rotation = 0; rotation < ROTATIONS; rotation++) {
        await Promise.all(PROCESSES.map((name) => rotate(name, authority)));
      }
      isOver = true;
      await Promise.all(load);
      expect(failures).toEqual([]);
      expect(answered).toBeGreaterThan(ROTATIONS * load.length);

      // The control: with a certificate that the others do not trust, images cannot be reached once
      // its connections are new. With a good certificate it is reached again, without any restart.
      await rotate("images", createTestAuthority());
      await runStack(["stop", "images"], environment);
      await runStack(["start", "images"], environment);
      const images = async () => (await fetch(`${url}/v1/images`)).status;
      await expect(images()).resolves.toBe(503);
      await expect(fetch(`${url}/v1/users?query=a`)).resolves.toMatchObject({ status: 200 });
      await rotate("images", authority);
      await eventually(async () => (await images()) === 200);
    },
    TEST_MS_MAX,
  );
});
