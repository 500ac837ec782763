/**
 * The words of the page that says how to come by https, in English and in Chinese. What is between backquotes is typed.
 *
 * @module
 */

/** The languages of that page. */
export type TrustLanguage = "en" | "zh";

/** What one system's people do, one after the other. */
interface Steps {
  system: string;
  steps: readonly string[];
}

/** All words of one language. */
export interface TrustTexts {
  title: string;
  /** What the link to the other language says. */
  other: string;
  why: string;
  /** Where the room has no TLS. */
  none: string;
  /** Where everybody trusts the certificate. */
  known: string;
  /** Where somebody has given the room a certificate that not everybody trusts. */
  given: string;
  /** What may be installed, and what that may do. */
  own: string;
  compare: string;
  compareText: string;
  download: string;
  downloadText: string;
  install: string;
  open: string;
  openText: string;
  names: string;
  isSecure: string;
  undo: string;
  systems: readonly Steps[];
}

/** The file's name, which steps repeat. */
export const AUTHORITY_FILE = "teahouse-authority.crt";

const DEBIAN = `\`sudo cp ${AUTHORITY_FILE} /usr/local/share/ca-certificates/ && sudo update-ca-certificates\``;
const FEDORA = `\`sudo cp ${AUTHORITY_FILE} /etc/pki/ca-trust/source/anchors/ && sudo update-ca-trust\``;
const CHROMIUM = `\`certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n teahouse -i ${AUTHORITY_FILE}\``;
const IRSSI = `\`/connect -tls -tls_verify -tls_cafile ~/${AUTHORITY_FILE} HOST PORT\``;
const WEECHAT = `\`/set weechat.network.gnutls_ca_user ~/${AUTHORITY_FILE}\``;

const ENGLISH: TrustTexts = {
  title: "How to get https",
  other: "中文",
  why: "By https nobody on the way can read what you write, and your browser allows the page notifications, the " +
    "clipboard and the microphone.",
  none: "This room has no https: whoever runs it has left it out.",
  known: "There is nothing to install: your browser knows who vouches for this room.",
  given: "Whoever runs this room has given it a certificate. If your browser does not take it, ask them which " +
    "authority has issued it. The certificate's SHA-256:",
  own:
    "The room vouches for itself. Your device believes that once you have installed the room's authority, which can " +
    "vouch for names and addresses of private networks and of the room's machine, and for no other site.",
  compare: "Compare the fingerprint",
  compareText: "Ask whoever runs the room, by another way than this page: the server has printed the authority's " +
    "SHA-256. If theirs is not this one, install nothing: somebody on the way has changed this page. Your system shows " +
    "it as well when you open the file.",
  download: "Download the authority",
  downloadText: "The room's authority",
  install: "Install it",
  open: "Come by https",
  openText: "Restart the browser if it still warns of the page, and open",
  names: "The certificate is for:",
  isSecure: "You have come by https.",
  undo: "You can remove the authority in the same place whenever you like.",
  systems: [
    {
      system: "Windows (Edge, Chrome)",
      steps: [
        "Open the file, and choose Install Certificate.",
        "Choose Current User, then Place all certificates in the following store, and Browse.",
        "Choose Trusted Root Certification Authorities, then Finish. Confirm the warning.",
      ],
    },
    {
      system: "macOS (Safari, Chrome)",
      steps: [
        "Open the file: Keychain Access adds it.",
        "Double-click it there, and open Trust.",
        "For When using this certificate choose Always Trust. Close the window, and type your password.",
      ],
    },
    {
      system: "iPhone and iPad",
      steps: [
        "Download the file in Safari, and choose Allow.",
        "In Settings open Profile Downloaded, and choose Install.",
        "In Settings, General, About, Certificate Trust Settings, switch it on.",
      ],
    },
    {
      system: "Android",
      steps: [
        "In Settings search for CA certificate. It is under Security and privacy, More security settings, Encryption " +
        "and credentials, Install a certificate.",
        "Choose CA certificate, then Install anyway, and the file. Android asks for a screen lock.",
        "In Firefox tap its logo in Settings, About Firefox five times, and then switch on Settings, Secret " +
        "Settings, Use third party CA certificates.",
      ],
    },
    {
      system: "Linux",
      steps: [
        `Debian and Ubuntu: ${DEBIAN}`,
        `Fedora: ${FEDORA}`,
        `Chrome and Chromium have their own list: ${CHROMIUM} (in the package libnss3-tools or nss-tools).`,
      ],
    },
    {
      system: "Firefox",
      steps: [
        "In Settings open Privacy & Security, Certificates, View Certificates, Authorities.",
        "Choose Import, and the file. Tick Trust this CA to identify websites.",
      ],
    },
    {
      system: "IRC clients",
      steps: [
        `irssi: ${IRSSI}`,
        `WeeChat: ${WEECHAT}, then /server add tea HOST/PORT -tls`,
        "The room's own terminal client needs no file: it shows the fingerprint the first time, and asks.",
      ],
    },
  ],
};

const CHINESE: TrustTexts = {
  title: "如何使用 https",
  other: "English",
  why: "使用 https 时，途中无人能读到您写的内容，浏览器也会允许本页发送通知、使用剪贴板和麦克风。",
  none: "这间聊天室没有 https：运行者没有启用。",
  known: "无需安装：您的浏览器认得为这间聊天室作保的机构。",
  given: "运行者为这间聊天室提供了证书。如果浏览器不接受，请询问运行者证书由哪个机构签发。证书的 SHA-256：",
  own:
    "这间聊天室自己作保。安装聊天室的根证书后，您的设备就会信任它。它只能为私有网络和本聊天室所在机器的名称和地址作保，" +
    "不能为其他网站作保。",
  compare: "核对指纹",
  compareText: "请通过本页以外的途径询问运行者：服务器启动时显示了根证书的 SHA-256。如果与这里不同，请不要安装：" +
    "途中有人改动了本页。打开文件时，系统也会显示指纹。",
  download: "下载根证书",
  downloadText: "聊天室的根证书",
  install: "安装",
  open: "使用 https 进入",
  openText: "如果浏览器仍然警告，请重启浏览器，然后打开",
  names: "证书适用于：",
  isSecure: "您已经在使用 https。",
  undo: "您随时可以在同一处删除这个根证书。",
  systems: [
    {
      system: "Windows（Edge、Chrome）",
      steps: [
        "打开文件，选择“安装证书”。",
        "选择“当前用户”，再选择“将所有的证书都放入下列存储”，点击“浏览”。",
        "选择“受信任的根证书颁发机构”，完成，并确认警告。",
      ],
    },
    {
      system: "macOS（Safari、Chrome）",
      steps: [
        "打开文件，“钥匙串访问”会添加它。",
        "在其中双击它，展开“信任”。",
        "在“使用此证书时”选择“始终信任”，关闭窗口并输入密码。",
      ],
    },
    {
      system: "iPhone 和 iPad",
      steps: [
        "在 Safari 中下载文件，选择“允许”。",
        "在“设置”中打开“已下载描述文件”，选择“安装”。",
        "在“设置”“通用”“关于本机”“证书信任设置”中打开它的开关。",
      ],
    },
    {
      system: "Android",
      steps: [
        "在“设置”中搜索“CA 证书”，它在“安全和隐私”“更多安全设置”“加密与凭据”“安装证书”之下。",
        "选择“CA 证书”“仍然安装”，再选择文件。Android 会要求设置屏幕锁。",
        "在 Firefox 中：“设置”“关于 Firefox”，点按标志五次，然后在“设置”“Secret Settings”中打开“使用第三方 CA 证书”。",
      ],
    },
    {
      system: "Linux",
      steps: [
        `Debian 和 Ubuntu：${DEBIAN}`,
        `Fedora：${FEDORA}`,
        `Chrome 和 Chromium 有自己的列表：${CHROMIUM}（在软件包 libnss3-tools 或 nss-tools 中）。`,
      ],
    },
    {
      system: "Firefox",
      steps: [
        "在“设置”中打开“隐私与安全”“证书”“查看证书”“证书颁发机构”。",
        "选择“导入”和文件，勾选“信任由此证书颁发机构来标识网站”。",
      ],
    },
    {
      system: "IRC 客户端",
      steps: [
        `irssi：${IRSSI}`,
        `WeeChat：${WEECHAT}，然后 /server add tea HOST/PORT -tls`,
        "本聊天室的终端客户端不需要文件：第一次连接时会显示指纹并询问。",
      ],
    },
  ],
};

export const TRUST_TEXTS: Record<TrustLanguage, TrustTexts> = { en: ENGLISH, zh: CHINESE };
