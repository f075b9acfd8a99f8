"""By which nicknames, device models and names without an entry do people call their program? (Names and aliases stand in `knowledge/clients`.)"""

from __future__ import annotations

# (client id, RE2). Device models are the makers' own series names.
NICKNAMES: tuple[tuple[str, str], ...] = (
    ("printer-hp", r"(?i)\b(?:hp|hewlett[- ]packard|laserjet|officejet|deskjet|pagewide|scanjet|hp envy)\b"),
    ("printer-canon", r"(?i)\b(?:canon|pixma|maxify|image ?runner|imageclass|i-sensys|imagepress|ir-?adv)\b"),
    ("printer-brother", r"(?i)\b(?:brother|mfc-?[jl]?\d{3,4}\w*|dcp-?\w?\d{3,4}\w*|hl-l\d{4}\w*)\b"),
    ("printer-ricoh", r"(?i)\b(?:ricoh|aficio|lanier|nashuatec|gestetner|(?:im|mp) ?c\d{3,4})\b"),
    ("printer-xerox", r"(?i)\b(?:xerox|phaser|work ?centre|versalink|altalink|colorqube)\b"),
    ("printer-konica-minolta", r"(?i)\b(?:konica|minolta|bizhub|develop ineo)\b"),
    ("printer-kyocera", r"(?i)\b(?:kyocera|taskalfa|ecosys)\b"),
    ("printer-epson", r"(?i)\b(?:epson|workforce|ecotank)\b"),
    ("printer-sharp", r"(?i)\bsharp(?: (?:mx|bp|copier|printer|mfp)\S*)\b"),
    ("printer-lexmark", r"(?i)\blexmark\b"),
    ("printer-toshiba", r"(?i)\b(?:toshiba )?e-?studio ?\w*"),
    ("printer", (
        r"(?i)\b(?:okidata|develop ineo|olivetti|copier|photocopier|mfp|scan(?:ner)?[- ]?(?:to|2)[- ]?(?:e-?)?mail|multi-?function"
        r"|printer(?:en|in|a)?"
        r"|scanner(?:en)?|drucker[sn]?|kopierer[sn]?|multifunktionsgerät|imprimante|copieur|impresora|escáner|impressora|digitalizadora"
        r"|stampante"
        r"|fotocopiatrice|drukark(?:a|i|ę|ą)|kserokopiark\pL|tiskárn\pL*|skrivare[n]?|skanner(?:en|i)?|kopimaskine\w*)\b|\b(?:nyomtató"
        r"|tulosti[nm]|yazıcı"
        r"|tarayıcı|skener|monitoimilait|εκτυπωτ|σαρωτ|máy in|máy scan|mesin fotokopi|pemindai)\pL*|(?:принтер|сканер|мфу|копир)\pL*|複合機"
        r"|事務機|影印機"
        r"|掃描|扫描|スキャン|스캔|プリンター?|打印机|印表機|复印机|프린터|복합기|طابعة|ماسح"
    )),
    ("outlook", r"(?i)أوتلوك|\boutlook(?:a|u|em|om|ie|ban|ból|in|issa|ista|'ta|'da|'u|'un)\b|\boutlook\pL|아웃룩|アウトルック|аутлук"),
    ("thunderbird", (
        r"(?i)\bthunderbird(?:a|u|em|om|zie|ie|ban|iin|issa|'de|'da|'u)\b|썬더버드|サンダーバード|雷鸟|(?:тандер|тандёр|сандер)б[её]рд|\b(?:tb ?\d*"
        r"|t-?bird"
        r"|thunder ?bird|mozilla mail)\b"
    )),
    ("k9", r"(?i)\bk-?9(?: ?mail)?\b"),
    ("outlook-mobile", (
        r"(?i)\boutlook (?:app|mobile|ios|android|for ios|for android|for iphone"
        r"|on (?:my )?(?:iphone|ipad|android|phone|mobile|samsung|galaxy)|(?:für|pour|para|per|voor|для|dla|för|til|til|pro) (?:ios"
        r"|android|iphone|ipad|handy)"
        r"|(?:auf|sur|en el|no|sul|op) (?:dem |mijn |mon |mi |meu )?(?:handy|iphone|téléphone|móvil|celular|telefono|telefoon))|\b(?:iphone"
        r"|ipad|android) outlook\b|\boutlook ios\b"
    )),
    ("outlook-new", (
        r"(?i)\bnew outlook\b|\boutlook \(?new\)?\b|\boutlook \((?:the )?(?:new(?: one)?|nya|neue?s?|nouve(?:au|lle)|nuevo|novo|nuovo"
        r"|nieuwe?|nowy|nový|ny|uusi|yeni|новый|новий)\)|\bneue[smnr]? outlook\b|\bnouve(?:au|l) outlook\b|\bnuevo outlook\b"
        r"|\boutlook for windows\b|\bnovo outlook\b|\bnuovo outlook\b"
    )),
    ("outlook-mac", r"(?i)\boutlook (?:365 )?(?:app )?(?:for|on|für|pour|para|per|voor|для|για|dla|för|2016|2019|2021)? ?(?:my )?(?:the )?(?:mac|macos|osx)\b|\bmac outlook\b"),
    ("outlook-classic", (
        r"(?i)\b(?:classic outlook|outlook \(?classic\)?|outlook (?:20)?(?:03|07|10|13|16|19|21|24)\b|klassisches outlook"
        r"|outlook 365 desktop"
        r"|outlook desktop|old outlook|legacy outlook|outlook ltsc|ol ?20\d\d)|أوتلوك 20\d\d"
    )),
    ("ios-mail", r"(?i)아이폰|아이패드|айфон\pL*|айпад\pL*|苹果手机|蘋果手機|アイフォン|\b(?:iphone|ipad|ipados|ios(?: \d+)?(?: mail)?)\b"),
    ("windows-mail", r"(?i)\b(?:windows (?:10|11) mail|mail (?:app )?(?:for|on|in|unter|sur|en) (?:my )?windows(?: 1[01])?|windows mail app)\b"),
    ("apple-mail", (
        r"(?i)\bmac(?:book|os)? \(mail\)|\b(?:apple mail|mail\.app|mac ?mail|mail mac|mail (?:app |programm )?(?:on|auf|for|sur|su|sul|en"
        r"|en el|do|no|del|van|op|na|på"
        r"|in) (?:my |the |meinem |mon |mi |dem |min |mijn |il mio |o meu |de )?(?:mac|macos|macbook|imac)\w*|macos mail|(?:sonoma|sequoia"
        r"|ventura|tahoe|monterey) mail)\b|\b(?:macos|mac os|os x|sonoma|sequoia|ventura|tahoe|macbook|imac)\b[^.:;\n]{0,16}, mail\b"
        r"|\bmail (?:du|de|di|del|vom|auf dem) mac\b"
    )),
    ("android-gmail", r"(?i)\bgmail[- ]app\b|\bgmail (?:on|for) (?:my )?(?:android|phone|pixel)\b|\bandroid gmail\b"),
    ("gmail-web", (
        r"(?i)\bgmail\b[^\n.:]{0,24}\bsend[- ](?:mail[- ])?as\b|\bsend[- ](?:mail[- ])?as (?:alias|address|in gmail)\b|\bgmail (?:web"
        r"|alias)\b"
        r"|\bgmail\b[^\n.:]{0,24}\b(?:enviar (?:correo |e-mail )?como|odesíl\S+ jako|wyślij jako|senden als"
        r"|envoyer (?:des e-mails |les messages )?en tant que|invia (?:messaggio )?come|verzenden als)\b|\b(?:enviar (?:correo "
        r"|e-mail )?como"
        r"|senden als|envoyer (?:des e-mails |les messages )?en tant que|invia (?:messaggio )?come|verzenden als)\b[^\n.:]{0,24}\bgmail\b"
    )),
    ("samsung-email", (
        r"(?i)\bsamsung(?: [\w']+){0,4} (?:e-?mail|mail)(?: app)?\b|\bgalaxy(?: \w+){0,3} (?:e-?mail|mail)(?: app)?\b"
        r"|\b(?:e-?mail|mail) app (?:of|on|in|from) (?:my |the |our |a )?(?:samsung|galaxy)\b"
        r"|\bsamsung(?:s|'s)?(?: galaxy)?[ -](?:phone|handy|smartphone|tablet|telefon\w*|téléphone|móvil|celular|telefoon|galaxy)\b"
        r"|삼성 ?(?:이메일|메일|폰)"
    )),
    ("spark", r"(?i)\bspark (?:for|mail|desktop|app|on (?:my )?(?:mac|windows|iphone|ios|android))\b"),
    ("em-client", r"(?i)\bem ?client\b"),
    ("python-smtplib", r"(?i)\bpython(?:\d(?:\.\d+)?)?(?: script)?\b|\bsmtplib\b"),
    ("nodemailer", r"(?i)\bnode(?:\.?js(?: ?\d\d)?| ?\d\d)\b|\bnode(?: |$|[,.:;])(?:[^\d]|$)|\bnodemailer\b"),
    ("home-assistant", r"(?i)\b(?:home ?assistant|hass(?:io)?|haos)\b"),
    ("proxmox", r"(?i)\b(?:proxmox|pve|pbs)\b"),
    ("wordpress", (
        r"(?i)вордпресс?\pL*|워드프레스|ワードプレス|\b(?:wordpress|woo(?: ?commerce)?|wp ?mail ?smtp|wp site|wpforms|contact form 7|elementor"
        r"|fluentsmtp"
        r"|post ?smtp)\b|\bwp\b"
    )),
    ("dotnet-systemnet", r"(?i)\b(?:system\.net\.mail|c# smtpclient|asp\.net|vb\.net)\b"),
    ("javamail", r"(?i)\b(?:javamail|jakarta mail)\b"),
    ("rails", r"(?i)\b(?:ruby on rails|rails|action ?mailer)\b"),
    ("go-smtp", r"(?i)\b(?:golang|gomail|go-mail|net/smtp)\b"),
    ("powershell", r"(?i)\b(?:powershell|send-mailmessage|pwsh)\b"),
    ("qnap", r"(?i)\bts-\d{3}\w?\b"),
    ("synology", r"(?i)\b(?:ds|rs)\d{3,4}(?:\+|play|j|slim|xs)?(?:$|[^\w])|群晖|群暉|시놀로지|\b(?:synology|diskstation|dsm ?7\S*)\b"),
    ("truenas", r"(?i)\b(?:truenas|freenas)\b"),
    ("uptime-kuma", r"(?i)\buptime[- ]?kuma\b"),
    ("vaultwarden", r"(?i)\b(?:vaultwarden|bitwarden_rs)\b"),
    ("alertmanager", r"(?i)\balert ?manager\b"),
    ("gitlab", r"(?i)\bgitlab\b"),
    ("gitea", r"(?i)\b(?:gitea|forgejo)\b"),
    ("zabbix", r"(?i)забб?икс\pL*|\bzabbix\b"),
    ("jenkins", r"(?i)\bjenkins\b"),
    ("nextcloud", r"(?i)некст ?клауд\pL*|\b(?:nextcloud|owncloud)\b"),
    ("grafana", r"(?i)графан\pL+|\bgrafana\b"),
    ("keycloak", r"(?i)\bkeycloak\b"),
    ("authentik", r"(?i)\bauthentik\b"),
    ("django", r"(?i)\bdjango\b"),
    ("laravel", r"(?i)ларавел\pL*|라라벨|\blaravel\b"),
    ("symfony", r"(?i)\bsymfony\b"),
    ("spring", r"(?i)\bspring ?boot\b|\bspring mail\b|(?:^|[\s(])spring ?(?:->|=>|→|:) ?|스프링(?: ?부트)?|スプリング|春天框架"),
    ("phpmailer", r"(?i)\bphp ?mailer\b"),
    ("mailkit", r"(?i)\bmail ?kit\b"),
    ("evolution", r"(?i)\b(?:gnome )?evolution\b"),
    ("mutt", r"(?i)\b(?:neo)?mutt\b"),
    ("msmtp", r"(?i)\bmsmtp\b"),
)  # fmt: skip

# Programs that are named and have no entry.
OTHERS = (
    r"(?i)битрикс|(?:^|[^\pL\pN])1[cс](?:[: ](?:предприятие|бухгалтерия|erp|enterprise))?(?:$|[^\pL\pN])|宝塔|用友|金蝶|泛微|禅道|サイボウズ|카페24|그누보드"
    r"|\b(?:bitrix(?:24)?|n8n|blue ?mail|postiz|jira|confluence|odoo|moodle|discourse|mastodon|ghost|zammad|osticket|redmine"
    r"|mattermost|rocket\.?chat|matrix synapse|synapse|drupal|joomla|typo3|prestashop|magento|opencart|shopware|mautic|listmonk"
    r"|paperless(?:-ngx)?|immich|bookstack|wiki\.?js|plausible|umami|posthog"
    r"|cal\.com|calcom|chatwoot|freescout|glpi|snipe-?it|netbox|librenms|nagios|icinga|checkmk|prtg|solarwinds|veeam|sonarr|radarr"
    r"|overseerr|jellyfin|plex|tautulli|nas4free|unraid|openmediavault|qnap|asustor|pfsense|opnsense|mikrotik|unifi|ubiquiti|fritz[!.]?box"
    r"|openwrt|draytek|fortigate|sophos|watchguard|meraki"
    r"|hikvision|dahua|reolink|nvr|dvr|blue iris|shinobi|frigate|octoprint|node-?red|openhab|iobroker|domoticz|fhem|tasmota|salesforce"
    r"|hubspot|zoho crm|sugarcrm|suitecrm|vtiger|dolibarr|sap (?:b1|business one|s/4hana)|erpnext|frappe|netsuite|quickbooks|xero"
    r"|datev|lexware|afterbuy|jtl|billbee"
    r"|supabase|appwrite|pocketbase|directus|strapi|keystone|medusa|sentry|airflow|superset|metabase|redash|dagster|prefect|rundeck"
    r"|ansible|terraform|teamcity|bitbucket|argo|harbor|sonarqube|artifactory|rancher|portainer|coolify|dokploy|caprover|yunohost|cloudron"
    r"|foxmail|fairemail|aquamail|aqua mail|nine mail|spark mail|airmail|canary mail|mailspring|mailbird|postbox|the bat|sylpheed"
    r"|claws(?: mail)?|kmail|geary|betterbird|seamonkey|pegasus|incredimail|windows mail|mail and calendar|winmail|eudora|opera mail"
    r"|roundcube|rainloop|snappymail|squirrelmail|sogo|zimbra desktop|edison|mymail|protonmail bridge|spike|superhuman|missive|front app"
    r"|flask|fastapi|celery|codeigniter|yii2?|cakephp|zend|laminas|swiftmailer|perl|indy|delphi|vba|excel macro|crystal reports|ssrs"
    r"|sql server|dbmail|oracle (?:apex|database|db|forms|e-?business)|utl_smtp|peoplesoft|lettre|rust|elixir|swoosh|erlang|nestjs|strapi"
    r"|meteor|parse server|filemaker|labview"
    r"|matlab|r script|blastula|mailmate|airmail|canary|unibox|vivaldi mail|opera gx|trojitá|balsa|interlink|epyrus"
    r"|blat|mailx|s-nail|heirloom|ssmtp|nullmailer|dma|git send-email|fail2ban|logwatch|monit|smartd|mdadm|apcupsd|backuppc|duplicati"
    r"|urbackup|borgmatic|acronis|synergy|syncthing|calibre(?:-web)?|audiobookshelf|navidrome|firefly|actual budget|monica|lychee"
    r"|photoprism|piwigo|wallabag|linkding|changedetection|healthchecks|gotify|ntfy|apprise|diun|watchtower"
    r"|vcenter|vsphere|esxi|vmware|nutanix|xcp-ng|xen ?orchestra|hyper-?v|idrac|ilo ?\d?|ipmi|apc|eaton|cyberpower"
    r"|network management card|ntopng|zeek"
    r"|wazuh|graylog|kibana|elastalert|splunk|datadog|newrelic|statuspage|opsgenie|pagerduty|cacti|observium|munin|netdata|centreon|op5"
    r"|pandora ?fms"
    r"|typecho|z-?blog|halo blog|hexo|discuz!?|dedecms|phpbb|vbulletin|xenforo|mybb|smf|flarum|nodebb|kimai|pixelfed|peertube|lemmy|misskey"
    r"|friendica|diaspora|castopod|funkwhale|bigbluebutton|jitsi|etherpad|hedgedoc|cryptpad|seafile|filerun|pydio|owncloud infinite"
    r"|onlyoffice"
    r"|collabora|openproject|taiga|wekan|planka|vikunja|leantime|kanboard|trac|mantis(?:bt)?|bugzilla|youtrack|phabricator|gerrit|gogs"
    r"|onedev"
    r"|woodpecker|drone ci|concourse|buildkite|octopus deploy|spinnaker|crowdsec|authelia|lldap|zitadel|casdoor|kanidm|freeipa|teleport"
    r"|boundary"
    r"|passbolt|psono|bitwarden|1password|firezone|netbird|headscale|nginx proxy manager|traefik|pi-?hole|adguard|technitium|mailman"
    r"|sympa|phplist"
    r"|sendy|keila|mailtrain|acelle|mailwizz|civicrm|espocrm|yetiforce|twenty crm|krayin|invoice ?ninja|crater|akaunting|kivitendo"
    r"|openz|tryton|axelor|metasfresh|weclapp|xentral|plentymarkets|oxid|modified ecommerce|gambio|bigcommerce|woo|shopify|ecwid"
    r"|lightspeed|sylius"
    r"|craft cms|statamic|october cms|grav|kirby|processwire|modx|concrete5|umbraco|sitecore|kentico|dnn|dotnetnuke|orchard|nopcommerce"
    r"|wagtail|mezzanine|plone|wix|squarespace|webflow|ghostfolio|homebox|grocy|tandoor|mealie|kavita|komga|photostructure|nextpvr|emby"
    r"|ombi|jellyseerr|prowlarr|lidarr|readarr|bazarr|sabnzbd|nzbget|transmission|qbittorrent|deluge|zoneminder|motioneye|agent dvr"
    r"|milestone"
    r"|synology surveillance|axis camera|hanwha|unifi protect|loxone|knx|homematic|homey|smartthings|hubitat|shelly|victron|solaredge"
    r"|fronius"
    r"|enphase|kostal|sma inverter|wallbox|ups card|powerchute|nut|smartmontools|proget|nexus|jfrog|sonatype|verdaccio|gitbucket|opencloud"
    r"|kopia|restic|borg|veeam|nakivo|altaro|arcserve|cobian|macrium|syncovery|freefilesync|rsnapshot|bacula|bareos|amanda|timeshift"
    r"|freshdesk|zendesk|helpscout|jitbit|spiceworks|otobo|znuny|rt|request tracker|servicedesk plus|manageengine|lansweeper|ocs inventory"
    r"|moodle|ilias|canvas lms|chamilo|openolat|opencart|limesurvey|typeform|jotform|formspree|nocodb|baserow|appsmith|tooljet|budibase"
    r"|retool"
    r"|windmill|activepieces|huginn|kestra|temporal|camunda|nifi|talend|pentaho|jasperreports|birt|power ?automate|power ?bi|zapier"
    r"|make\.com"
    r"|integromat|airtable|glide|bubble|firebase|amplify|cloudflare workers?|vercel|netlify|heroku|railway|ktor|quarkus|micronaut"
    r"|play framework"
    r"|dropwizard|vert\.x|grails|phoenix|bamboo mailer|hanami|sinatra|pony gem|mojolicious|email::sender|mime::lite|net::smtp|lua"
    r"|luasocket|libcurl"
    r"|vmime|poco|qt|smtp4dev|tasmota|plc|siemens logo|simatic|wago|beckhoff|labtech|connectwise|ninjaone"
    r"|atera|n-able|kaseya|yahoo app|gmx app|web\.de app|aol app|mail\.ru app|mymail|newton mail|polymail|twobird|boxer|nine|typeapp"
    r"|email app"
    r"|libreoffice|openoffice|ms access|microsoft access|excel|word mail ?merge|mail ?merge|sage|datev|banana|wiso|buhl|collmex|orgamax"
    r"|amicron|selectline|büro ?plus|microtech|haufe|addison|agenda|bmd|rza|dynamics(?: nav| 365| gp| ax)?|business central|navision"
    r"|exact online"
    r"|afas|twinfield|visma|fortnox|e-?conomic|tripletex|procountor"
    r"|vigor|netgear|tp-?link|zyxel|lancom|speedport|asuswrt|eero|openwrt|ajax(?: systems| hub)|paradox|jablotron|satel|telenot|texecom"
    r"|abus|honeywell"
    r"|amcrest|foscam|tapo|eufy|arlo|lorex|swann|axis|mobotix|vivotek|uniview|annke|ip ?cam(?:era)?|starface|3cx|asterisk|freepbx|askozia"
    r"|agfeo"
    r"|yeastar|grandstream|auerswald|mitel|exclaimer|codetwo|docusign|calendly|acuity scheduling|windows live mail|live mail"
    r"|outlook express"
    r"|horde|cypht|crossbox|edison mail|type ?app|freenet app|proton(?: ?mail)? app|huawei|xiaomi|miui|oneplus|motorola|oppo"
    r"|realme"
    r"|sage ?\d*|gnucash|hibiscus|moneymoney|starmoney|docuware|elo(?: dms)?|d\.velop|ecodms|paperless office|easy ?verein|campai"
    r"|procountor)\b"
)

# Of these, words of every day: they are a program's name with a capital, or at the beginning of the text.
EVERYDAY = """
    plausible harbor sentry spike medusa keystone rust indy ghost frigate lychee monica argo superhuman missive meteor swoosh synapse dma
    front postbox diun plex monit strapi geary grav kirby phoenix amanda nut sage nine spike boxer temporal transmission deluge canvas glide
    bubble heroku railway wix rt sma excel agenda lua qt poco play deluge milestone boundary teleport taiga trac mantis halo borg woo nexus
    make trac smf dnn birt bmd plc apc eaton shelly homey bamboo twenty crater vercel netlify firebase amplify lightspeed windmill
"""

# A thing that sends mail by itself, by its maker's name or with what it sends: "Vigor router", "the camera's mail alerts".
THINGS = (
    r"\b[A-Z][\w&-]+(?: [A-Z0-9][\w-]*)? (?:router|alarm panel|panel|camera|cam|NVR|DVR|PBX|firewall|intercom|doorbell|thermostat"
    r"|inverter|gateway"
    r"|appliance|UPS|plugin|module|software|CRM|ERP|CMS|Warenwirtschaft|Kamera|Telefonanlage|Alarmanlage|Wechselrichter)\b"
    r"|(?i:\b(?:router|camera|cam|doorbell|alarm(?: panel| system)?|thermostat|intercom|inverter|pbx|phone system|firewall|ups|nvr|kamera"
    r"|alarmanlage"
    r"|telefonanlage|wechselrichter|cámara|caméra|telecamera)(?:'s|s)? (?:e-?mails?|mails?|smtp|push|alerts?|notifications?|snapshots?"
    r"|reports?)\b)"
)
