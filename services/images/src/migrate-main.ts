import { runMigrations } from "@triptych/chassis/database/migrations/run-migrations";
import { installQueue } from "#queue/prepare-queue.ts";
import { MIGRATIONS } from "./migrations.ts";

runMigrations({ service: "images", migrations: MIGRATIONS, install: installQueue });
