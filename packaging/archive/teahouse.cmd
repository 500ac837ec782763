@echo off
"%~dp0deno.exe" run -A --no-config --no-lock "%~dp0teahouse.js" %*
