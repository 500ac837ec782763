@echo off
setlocal
if not defined DENO_V8_FLAGS set DENO_V8_FLAGS=--max-semi-space-size=8
set DENO_NO_UPDATE_CHECK=1
"%~dp0deno.exe" run -A --no-config --no-lock "%~dp0teahouse.js" %*
