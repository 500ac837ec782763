/** Network addresses as the chat compares them. It must not know connections. */

/** What counts as one address: an IPv4 address, or the /64 of an IPv6 one, which is what one machine is given. */
export function addressRange(host: string): string {
  if (!host.includes(":")) return host;
  const [head, tail = ""] = host.split("::");
  const groups = head.split(":");
  if (host.includes("::")) {
    const after = tail.split(":").filter((group) => group !== "");
    while (groups.length + after.length < 8) groups.push("0");
    groups.push(...after);
  }
  return groups.slice(0, 4).map((group) => parseInt(group || "0", 16).toString(16)).join(":") + "::/64";
}
