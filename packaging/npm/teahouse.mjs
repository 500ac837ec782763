#!/usr/bin/env node
import { run } from "./launcher.mjs";

run("./teahouse.js");
