/**
 * What the server's flags say of themselves, in Chinese, by the English text: whoever changes that is told that this is missing.
 *
 * @module
 */

export const CHINESE: Readonly<Record<string, string>> = {
  // What counts where a flag is not given.
  "none": "无",
  "all interfaces": "所有网络接口",
  "8080, or the next one that is free": "8080；被占用时用下一个空闲端口",
  "6697, or the next one that is free": "6697；被占用时用下一个空闲端口",
  "8443, or the next one that is free": "8443；被占用时用下一个空闲端口",
  "there is one": "有网页",
  "one that the room's own authority makes, which is kept beside the database":
    "由聊天室自己的证书颁发机构签发，保存在数据库旁边",
  "the room's own authority": "聊天室自己的证书颁发机构",
  "there is TLS beside the plain ports": "明文端口之外另有 TLS 端口",
  "this machine's name": "本机的名字",
  "the machine's": "本机的地址",
  "what this machine knows of itself": "本机自己知道的地址",
  "only while it has none": "仅在聊天室还没有主人时",
  "people send each other files on the page's port": "大家可以经网页的端口互传文件",
  "as long as --keep; no files where that is 0": "与 --keep 相同；--keep 为 0 时没有文件",

  // What a flag does.
  'a file with settings, as TOML: name = "Tea" for --name Tea; what is given elsewhere counts before it':
    '配置文件，格式为 TOML：name = "Tea" 相当于 --name Tea；其他地方给出的设置优先',
  "where to listen": "在哪个地址上监听",
  "the port of the chat; 0 picks a free one": "聊天（IRC）的端口；0 表示任选一个空闲端口",
  "the port of the page, and of its WebSocket; 0 picks a free one": "网页及其 WebSocket 的端口；0 表示任选一个空闲端口",
  "no page": "不提供网页",
  "the port of the chat over TLS; 0 picks a free one": "经 TLS 聊天的端口；0 表示任选一个空闲端口",
  "the port of the page over TLS; 0 picks a free one": "经 TLS 访问网页的端口；0 表示任选一个空闲端口",
  "a certificate and those that vouch for it, as PEM, with --tls-key; read again when the files change":
    "证书及其上级证书，格式为 PEM，与 --tls-key 一起使用；文件改变后会重新读取",
  "the key of --tls-cert": "--tls-cert 的私钥",
  "public host names of this machine, with commas, for which Let's Encrypt is asked for a certificate: you agree to its terms, and port 80 of the name leads to --web-port":
    "本机的公网域名，用逗号分隔；为它们向 Let's Encrypt 申请证书：表示您同意其条款，并且域名的 80 端口通到 --web-port",
  "another authority that is asked by ACME": "用 ACME 协议申请证书的另一家机构",
  "nobody sends files": "不许发送文件",
  "how large a file may be: 500M, 4G": "一个文件最大多少：500M、4G",
  "how much all files of one person may take": "一个人的全部文件最多占多少空间",
  "how much all files may take; half of it, or --file-quota where that is more, from one address. Beside that 1 GiB of the disk stays free, or 5 %":
    "全部文件最多占多少空间，其中来自同一地址的最多一半（--file-quota 更大时为后者）；此外磁盘总要留出 1 GiB 或 5 % 的空间",
  "how long files are kept, and no longer than what is said: 12h, 90d, forever":
    "文件保存多久：12h、90d、forever；不会比聊天内容保存得更久",
  "who may send files: all, or accounts only": "谁可以发送文件：all（所有人）或 accounts（只有注册用户）",
  "a command that looks at each file, whose path follows it, as clamdscan; unless it ends with 0 the file is refused":
    "检查每个文件的命令，例如 clamdscan，文件的路径接在命令后面；退出码不是 0 时拒收该文件",
  "who may begin calls, which others may join: all, operators, none":
    "谁可以发起通话（其他人都可以加入）：all（所有人）、operators（管理员）、none（没有通话）",
  "where a TURN server relays calls between people whose routers let nothing through: turn:tea.example.org:3478, several with commas; with --turn-secret-file":
    "TURN 服务器的地址，双方的路由器都不放行时由它转送通话：turn:tea.example.org:3478，多个用逗号分隔；与 --turn-secret-file 一起使用",
  "what that server shares with the room, on the first line of a file: coturn's static-auth-secret":
    "该服务器与聊天室共用的密钥，写在文件的第一行，即 coturn 的 static-auth-secret",
  "what carries calls of more people than can send to each other: janus, which the room then starts, or where one is that runs, as ws://127.0.0.1:8188":
    "人数多到无法互相直接发送时，由什么传送通话：janus（由聊天室启动），或者已在运行的 Janus 的地址，例如 ws://127.0.0.1:8188",
  "what a Janus that runs asks of whoever uses it, on the first line of a file: its api_secret":
    "已在运行的 Janus 所要求的密钥，写在文件的第一行，即它的 api_secret",
  "at which address others reach the Janus that the room starts, where the machine itself has another one, as behind a router; several with commas":
    "别人用哪个地址连到聊天室启动的 Janus；机器自己的地址不同时（例如在路由器后面）使用；多个用逗号分隔",
  "from how many people on a call of a channel is carried by --call-engine, from 2 to 8":
    "频道的通话从多少人起由 --call-engine 传送，2 到 8",
  "no TLS": "不使用 TLS",
  "addresses, with commas, of proxies before the page, which then tell who asks in X-Forwarded-For, and of gateways before the chat, which tell it by WEBIRC; 10.0.0.0/8 is a whole network":
    "网页前面的代理的地址，用逗号分隔，它们用 X-Forwarded-For 说明请求来自谁；也可以是聊天前面的网关，它们用 WEBIRC 说明；10.0.0.0/8 表示整个网段",
  "the path of the page, for a proxy that passes it on as it is: /chat/":
    "网页的路径，用于原样转发路径的代理，例如 /chat/",
  "the address by which everybody opens the page, where a proxy or a router stands before it: https://tea.example.org/; those of files begin with it":
    "前面有代理或路由器时，所有人打开网页所用的网址：https://tea.example.org/；文件的网址也以它开头",
  "host names, with commas, that the page has for those on this network, beside addresses and local names":
    "除地址和本地名字之外，本网络中的人用来打开网页的主机名，用逗号分隔",
  "what the room is called": "聊天室的名字",
  "the address of a picture that stands for the room, for clients that show one":
    "代表聊天室的图片的网址，供会显示图片的客户端使用",
  "a text that people see when they come in": "人们进来时看到的一段文字",
  "what people must say to come in, on the first line of a file": "文件的第一行是进入聊天室所需的密码",
  "who may moderate everywhere, by OPER NAME PASSWORD: NAME:PASSWORD on each line, # before a comment":
    "谁可以（用 OPER NAME PASSWORD）管理整个聊天室：每行一个 NAME:PASSWORD，# 后面是注释",
  "as --password-file, but whoever else is on this machine sees what is on a command line":
    "同 --password-file，但本机上的其他人能看到命令行",
  "as a line of --oper-file, likewise; may be given several times":
    "同 --oper-file 中的一行，同样会被看到；可以给出多次",
  "prints an owner's link, which works once, although the room has an owner":
    "即使聊天室已经有主人，也打印一个只能用一次的主人链接",
  "where history and channels are kept; :memory: keeps them while the room is open":
    "保存聊天记录和频道的文件；:memory: 表示只在聊天室开着的时候保留",
  "how long what is said is kept: 12h, 90d, 0 for not at all": "聊天记录保留多久：12h、90d，0 表示完全不保留",
  "forever": "永久",
  "how long people may edit what they have said: 10m, 1d, forever, 0 for not at all":
    "发出的消息在多长时间内可以编辑：10m、1d，forever 表示一直可以，0 表示不可以",
  "lines a second and connection that are handled, after a burst of 5 s worth; more than that waits; 0 for no limit":
    "每个连接每秒处理的行数，可一次用完 5 秒的份额；超出的会等待；0 表示不限",
  "connections from one address; 0 for no limit": "来自同一地址的连接数；0 表示不限",
  "error, info (who comes and goes) or debug": "error、info（谁来谁走）或 debug",
};
