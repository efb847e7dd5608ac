# ruff: noqa: E501 - a line of the table is an entry
"""Abbreviations of public speech: the table, and the other ways to say what one stands for.

Institutions, states and common terms, in Russian, Azerbaijani and English. What an abbreviation
stands for may be said by its form in another language or by its long form in any.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from embeddings.analysis import AZ_FOLD, Language, stem, words

LANGUAGES: tuple[Language, ...] = ("ru", "az", "en")

# ru | az | en; in each: short forms = long forms, "," between several, either side may be empty.
_TABLE = """
СНГ = Содружество Независимых Государств | MDB = Müstəqil Dövlətlər Birliyi | CIS = Commonwealth of Independent States
ООН = Организация Объединённых Наций | BMT = Birləşmiş Millətlər Təşkilatı | UN, UNO = United Nations
ЕС, Евросоюз = Европейский союз | Aİ, AB = Avropa İttifaqı, Avropa Birliyi | EU = European Union
США = Соединённые Штаты, Соединённые Штаты Америки | ABŞ, ABD = Amerika Birləşmiş Ştatları, Birləşmiş Ştatlar | US, USA = United States, United States of America
РФ = Российская Федерация | RF = Rusiya Federasiyası | RF = Russian Federation
СССР = Советский Союз | SSRİ = Sovet İttifaqı | USSR = Soviet Union
КНР = Китайская Народная Республика | ÇXR = Çin Xalq Respublikası | PRC = People's Republic of China
КНДР = Корейская Народно-Демократическая Республика, Северная Корея | KXDR = Şimali Koreya | DPRK = North Korea
ОАЭ = Объединённые Арабские Эмираты | BƏƏ = Birləşmiş Ərəb Əmirlikləri | UAE = United Arab Emirates
ФРГ = Федеративная Республика Германия | AFR = Almaniya Federativ Respublikası | FRG = Federal Republic of Germany
ГДР = Германская Демократическая Республика | ADR = Almaniya Demokratik Respublikası | GDR = German Democratic Republic
ЮАР = Южно-Африканская Республика, Южная Африка | CAR = Cənubi Afrika Respublikası | RSA = South Africa
= Великобритания, Соединённое Королевство | = Böyük Britaniya, Birləşmiş Krallıq | UK = United Kingdom, Great Britain
ЧССР = Чехословакия | ÇSSR = Çexoslovakiya | = Czechoslovakia
ДНР = Донецкая Народная Республика | DXR = Donetsk Xalq Respublikası | DPR = Donetsk People's Republic
ЛНР = Луганская Народная Республика | LXR = Luqansk Xalq Respublikası | LPR = Luhansk People's Republic
НАТО = Североатлантический альянс | NATO = Şimali Atlantika Alyansı | NATO = North Atlantic Treaty Organization, North Atlantic Alliance
ШОС = Шанхайская организация сотрудничества | ŞƏT = Şanxay Əməkdaşlıq Təşkilatı | SCO = Shanghai Cooperation Organisation, Shanghai Cooperation Organization
ЕАЭС = Евразийский экономический союз | Aİİ = Avrasiya İqtisadi İttifaqı, Avrasiya İqtisadi Birliyi | EAEU, EEU = Eurasian Economic Union
БРИКС | BRİKS, BRICS | BRICS
ОТГ = Организация тюркских государств, Тюркский совет | TDT = Türk Dövlətləri Təşkilatı, Türk Şurası | OTS = Organization of Turkic States, Turkic Council
ОБСЕ = Организация по безопасности и сотрудничеству в Европе | ATƏT = Avropada Təhlükəsizlik və Əməkdaşlıq Təşkilatı | OSCE = Organization for Security and Co-operation in Europe, Organization for Security and Cooperation in Europe
ОДКБ = Организация Договора о коллективной безопасности | KTMT = Kollektiv Təhlükəsizlik Müqaviləsi Təşkilatı | CSTO = Collective Security Treaty Organization
ОИС = Организация исламского сотрудничества | İƏT = İslam Əməkdaşlıq Təşkilatı | OIC = Organisation of Islamic Cooperation, Organization of Islamic Cooperation
ОЧЭС = Черноморское экономическое сотрудничество | QDİƏT = Qara dəniz iqtisadi əməkdaşlıq | BSEC = Black Sea Economic Cooperation
ГУАМ | GUAM | GUAM
СВМДА = Совещание по взаимодействию и мерам доверия в Азии | AQEM = Asiyada Qarşılıqlı Fəaliyyət və Etimad Tədbirləri | CICA = Interaction and Confidence-Building Measures in Asia
АСЕАН = Ассоциация государств Юго-Восточной Азии | ASEAN = Cənub-Şərqi Asiya Dövlətləri Assosiasiyası | ASEAN = Association of Southeast Asian Nations
АТЭС = Азиатско-Тихоокеанское экономическое сотрудничество | APEC | APEC = Asia-Pacific Economic Cooperation
ВТО = Всемирная торговая организация | ÜTT = Ümumdünya Ticarət Təşkilatı | WTO = World Trade Organization
МАГАТЭ = Международное агентство по атомной энергии | MAQATE, AEBA = Atom Enerjisi üzrə Beynəlxalq Agentlik | IAEA = International Atomic Energy Agency
ВОЗ = Всемирная организация здравоохранения | ÜST = Ümumdünya Səhiyyə Təşkilatı | WHO = World Health Organization
ЮНЕСКО | YUNESKO | UNESCO
ЮНИСЕФ = Детский фонд ООН | YUNİSEF | UNICEF = Children's Fund
МВФ = Международный валютный фонд | BVF = Beynəlxalq Valyuta Fondu | IMF = International Monetary Fund
= Всемирный банк | = Dünya Bankı | WB = World Bank
ЕБРР = Европейский банк реконструкции и развития | AYİB = Avropa Yenidənqurma və İnkişaf Bankı | EBRD = European Bank for Reconstruction and Development
АБР = Азиатский банк развития | AİB = Asiya İnkişaf Bankı | ADB = Asian Development Bank
ОПЕК | OPEK | OPEC = Organization of the Petroleum Exporting Countries
ФСЭГ = Форум стран-экспортёров газа | QİÖF = Qaz İxrac edən Ölkələr Forumu | GECF = Gas Exporting Countries Forum
ОЭСР = Организация экономического сотрудничества и развития | İƏİT = İqtisadi Əməkdaşlıq və İnkişaf Təşkilatı | OECD = Organisation for Economic Co-operation and Development, Organization for Economic Cooperation and Development
ОЭС = Организация экономического сотрудничества | İƏT, EKO = İqtisadi Əməkdaşlıq Təşkilatı | ECO = Economic Cooperation Organization
МОТ = Международная организация труда | BƏT = Beynəlxalq Əmək Təşkilatı | ILO = International Labour Organization, International Labor Organization
ПАСЕ = Парламентская ассамблея Совета Европы | AŞPA = Avropa Şurası Parlament Assambleyası | PACE = Parliamentary Assembly of the Council of Europe
ЕСПЧ = Европейский суд по правам человека | AİHM = Avropa İnsan Hüquqları Məhkəməsi | ECHR = European Court of Human Rights
МУС = Международный уголовный суд | BCM = Beynəlxalq Cinayət Məhkəməsi | ICC = International Criminal Court
= Совет Безопасности | = Təhlükəsizlik Şurası | UNSC = Security Council
УВКБ = Верховный комиссар по делам беженцев | = Qaçqınlar üzrə Ali Komissarlıq | UNHCR = High Commissioner for Refugees
МККК = Комитет Красного Креста, Красный Крест | BQXK = Qızıl Xaç Komitəsi, Qırmızı Xaç | ICRC = Committee of the Red Cross, Red Cross
ФАО | FAO | FAO = Food and Agriculture Organization
ИКАО | İKAO | ICAO = International Civil Aviation Organization
ИНТЕРПОЛ | İNTERPOL | INTERPOL
МОК = Международный олимпийский комитет | BOK = Beynəlxalq Olimpiya Komitəsi | IOC = International Olympic Committee
ФИФА | FİFA | FIFA
УЕФА | UEFA | UEFA
ВАДА = антидопинговое агентство | WADA | WADA = Anti-Doping Agency
НАСА | NASA | NASA
МКС = Международная космическая станция | BKS = Beynəlxalq Kosmik Stansiya | ISS = International Space Station
ЦРУ = Центральное разведывательное управление | MKİ = Mərkəzi Kəşfiyyat İdarəsi | CIA = Central Intelligence Agency
ФБР = Федеральное бюро расследований | FTB = Federal Təhqiqatlar Bürosu | FBI = Federal Bureau of Investigation
КГБ = Комитет государственной безопасности | DTK = Dövlət Təhlükəsizliyi Komitəsi | KGB = Committee for State Security
ФСБ = Федеральная служба безопасности | FTX = Federal Təhlükəsizlik Xidməti | FSB = Federal Security Service
МИД = Министерство иностранных дел | XİN = Xarici İşlər Nazirliyi | MFA = Ministry of Foreign Affairs, Foreign Ministry
МВД = Министерство внутренних дел | DİN = Daxili İşlər Nazirliyi | = Ministry of Internal Affairs, Interior Ministry
МЧС = Министерство по чрезвычайным ситуациям | FHN = Fövqəladə Hallar Nazirliyi | = Ministry of Emergency Situations
ЦБ, Центробанк = Центральный банк | AMB = Mərkəzi Bank | CB = Central Bank
ЦИК = Центральная избирательная комиссия, Центризбирком | MSK = Mərkəzi Seçki Komissiyası | CEC = Central Election Commission
ВС = Вооружённые силы | SQ = Silahlı Qüvvələr | = Armed Forces
ВСУ = вооружённые силы Украины | = Ukrayna Silahlı Qüvvələri | AFU = Ukrainian armed forces, armed forces of Ukraine
ПВО = противовоздушная оборона | HHM = Hava Hücumundan Müdafiə | = air defence, air defense
ПРО = противоракетная оборона | RƏM = raket əleyhinə müdafiə | ABM = missile defence, missile defense
СВО = специальная военная операция | XHƏ = xüsusi hərbi əməliyyat | SMO = special military operation
ДРСМД, РСМД = ракеты средней и меньшей дальности | = orta mənzilli raketlər | INF = Intermediate-Range Nuclear Forces
СНВ = стратегические наступательные вооружения | = strateji hücum silahları | START = Strategic Arms Reduction Treaty
ДНЯО = нераспространение ядерного оружия | = nüvə silahının yayılmaması | NPT = Non-Proliferation Treaty
ОМУ, ОМП = оружие массового уничтожения, оружие массового поражения | KQS = kütləvi qırğın silahı | WMD = weapons of mass destruction
БПЛА = беспилотник, беспилотный летательный аппарат, дрон | PUA = pilotsuz uçuş aparatı, dron | UAV = unmanned aerial vehicle, drone
СВПД = Совместный всеобъемлющий план действий, ядерная сделка | BHFP = Birgə Hərtərəfli Fəaliyyət Planı | JCPOA = Joint Comprehensive Plan of Action, nuclear deal
ВВП = валовой внутренний продукт | ÜDM = ümumi daxili məhsul | GDP = gross domestic product
НДС = налог на добавленную стоимость | ƏDV = əlavə dəyər vergisi | VAT = value added tax
НДФЛ = налог на доходы физических лиц | = gəlir vergisi | = personal income tax
МРОТ = минимальный размер оплаты труда | = minimum əməkhaqqı | = minimum wage
ФНБ = Фонд национального благосостояния | = Milli Rifah Fondu | NWF = National Wealth Fund
ГНФАР, SOFAZ = Государственный нефтяной фонд | ARDNF = Dövlət Neft Fondu | SOFAZ = State Oil Fund
ГНКАР, SOCAR | SOCAR, ARDNŞ = Dövlət Neft Şirkəti | SOCAR = State Oil Company
БТД = Баку-Тбилиси-Джейхан | BTC = Bakı-Tbilisi-Ceyhan | BTC = Baku-Tbilisi-Ceyhan
БТК = Баку-Тбилиси-Карс | BTQ = Bakı-Tbilisi-Qars | BTK = Baku-Tbilisi-Kars
ТАП = Трансадриатический газопровод | TAP = Trans-Adriatik boru kəməri | TAP = Trans Adriatic Pipeline
ТАНАП = Трансанатолийский газопровод | TANAP = Trans-Anadolu boru kəməri | TANAP = Trans-Anatolian Pipeline
ЮГК = Южный газовый коридор | CQD = Cənub Qaz Dəhlizi | SGC = Southern Gas Corridor
АЭС = атомная электростанция | AES = atom elektrik stansiyası | NPP = nuclear power plant
ГЭС = гидроэлектростанция | SES = su elektrik stansiyası | HPP = hydroelectric power plant, hydropower plant
ТЭС, ТЭЦ = теплоэлектростанция, тепловая электростанция | İES = istilik elektrik stansiyası | TPP = thermal power plant
ВИЭ = возобновляемые источники энергии | BOEM = bərpa olunan enerji mənbələri | RES = renewable energy
СПГ = сжиженный природный газ, сжиженный газ | LNG, MTQ = mayeləşdirilmiş təbii qaz | LNG = liquefied natural gas
ТЭК = топливно-энергетический комплекс | YEK = yanacaq-energetika kompleksi | = fuel and energy complex
АПК = агропромышленный комплекс | ASK = aqrar-sənaye kompleksi | = agro-industrial complex
ОПК, ВПК = оборонно-промышленный комплекс, военно-промышленный комплекс | HSK = hərbi-sənaye kompleksi | MIC = military-industrial complex
ЖКХ = жилищно-коммунальное хозяйство | MKT = mənzil-kommunal təsərrüfatı | HCS = housing and utilities
МСП = малый и средний бизнес, малое и среднее предпринимательство | KOB = kiçik və orta biznes | SME, SMEs = small and medium enterprises, small and medium-sized businesses
ОЭЗ, СЭЗ = особая экономическая зона, свободная экономическая зона | AİZ, XİZ = azad iqtisadi zona | SEZ, FEZ = special economic zone, free economic zone
ЦУР = цели устойчивого развития | DİM = dayanıqlı inkişaf məqsədləri | SDG, SDGs = Sustainable Development Goals
НКО, НПО = некоммерческая организация, неправительственная организация | QHT = qeyri-hökumət təşkilatı | NGO, NGOs = non-governmental organization, non-profit organization
СМИ = средства массовой информации | KİV = kütləvi informasiya vasitələri | = mass media
ИИ = искусственный интеллект | Sİ = süni intellekt | AI = artificial intelligence
ИТ, IT = информационные технологии | İT, İKT = informasiya texnologiyaları | IT, ICT = information technology, information technologies
ЧС = чрезвычайная ситуация | FH = fövqəladə hal | = emergency situation
ДТП = дорожно-транспортное происшествие | YNH = yol-nəqliyyat hadisəsi | = road accident
ЕГЭ = единый государственный экзамен | = vahid dövlət imtahanı | USE = unified state exam
МГУ = Московский государственный университет | MDU = Moskva Dövlət Universiteti | MSU = Moscow State University
БГУ = Бакинский государственный университет | BDU = Bakı Dövlət Universiteti | BSU = Baku State University
НАНА = Национальная академия наук Азербайджана | AMEA = Azərbaycan Milli Elmlər Akademiyası | ANAS = Azerbaijan National Academy of Sciences
РАН = Российская академия наук | REA = Rusiya Elmlər Akademiyası | RAS = Russian Academy of Sciences
НК = Нагорный Карабах | DQ = Dağlıq Qarabağ | NK = Nagorno-Karabakh, Nagorny Karabakh
НКАО = Нагорно-Карабахская автономная область | DQMV = Dağlıq Qarabağ Muxtar Vilayəti | NKAO = Nagorno-Karabakh Autonomous Oblast
АДР = Азербайджанская Демократическая Республика | AXC = Azərbaycan Xalq Cümhuriyyəti | ADR = Azerbaijan Democratic Republic
МТК = Север – Юг | = Şimal-Cənub | INSTC = North-South
ТМТМ = Транскаспийский международный транспортный маршрут, Средний коридор | = Orta Dəhliz | TITR = Trans-Caspian International Transport Route, Middle Corridor
ЛГБТ | LQBT | LGBT
ВИЧ, СПИД | HİV, QİÇS | HIV, AIDS
"""

_LINKS = frozenset("и по в на о при of and for the in on və üzrə".split())

_LEAST_BEGINNING = 2
"""Letters of a stem that its words begin with at least; its last one may be another in them."""

Terms = tuple[str, ...]


class Entry(NamedTuple):
    """What an abbreviation stands for: its short and its long forms in each language."""

    short: Mapping[Language, tuple[str, ...]]
    """Folded."""
    long: Mapping[Language, tuple[str, ...]]
    """As written."""


@cache
def _lines() -> tuple[tuple[str, str], ...]:
    """Each line of the table in letters as stems have them, every word after a space; as it is."""
    small = _TABLE.replace("İ", "i").lower().replace("ё", "е")
    for letter, folded in AZ_FOLD.items():  # translate() takes ten times as long
        small = small.replace(chr(letter), chr(folded))
    lines = zip(small.strip().splitlines(), _TABLE.strip().splitlines(), strict=True)
    return tuple((f" {beginnings}", line) for beginnings, line in lines)


def _near(beginning: str) -> list[Entry]:
    """The entries with a word that begins so: reading all of them takes too long for a start."""
    beginning = f" {beginning.lower().translate(AZ_FOLD)}"
    return [_entry(line) for beginnings, line in _lines() if beginning in beginnings]


@cache
def _entry(line: str) -> Entry:
    short, long = {}, {}
    for language, column in zip(LANGUAGES, line.split("|"), strict=True):
        short_forms, _, long_forms = column.partition("=")
        short[language] = tuple(map(_folded, filter(str.strip, short_forms.split(","))))
        long[language] = tuple(filter(str.strip, long_forms.split(",")))
    return Entry(short, long)


def _folded(form: str) -> str:
    return next(folded for _, _, folded in words(form))


@lru_cache(maxsize=1 << 10)
def long_stems(form: str, language: Language) -> Terms:
    """The stems of a long form, without the words that link it."""
    return tuple(stem(word, language) for _, _, word in words(form) if word not in _LINKS)


def meanings(typed: str, folded: str, language: Language) -> list[Entry]:
    """The entries of an abbreviation as typed in a question of a language; mostly none or one.

    In capitals it is known in every language, its own language's meaning before any other. In
    small letters it must be of the question's own: "un" is flour in Azerbaijani.
    """
    form = folded.partition("'")[0]
    found = [
        (spoken, entry)
        for entry in _near(form)
        for spoken, forms in entry.short.items()
        if form in forms
    ]
    own = [entry for spoken, entry in found if spoken == language]
    if own or not typed[:2].isupper():
        return own
    return [entry for _, entry in found][:1]


def spelt_out(folded: Sequence[str], language: Language) -> list[tuple[range, Entry]]:
    """Where long forms stand among the folded words of a question: their places, and the entry."""
    places = [place for place, word in enumerate(folded) if word not in _LINKS]
    stems = [stem(folded[place], language) for place in places]
    return [
        (range(places[first], places[first + len(long) - 1] + 1), entry)
        for first, start in enumerate(stems)
        for entry in _near(start[: max(_LEAST_BEGINNING, len(start) - 1)])
        for long in (long_stems(form, language) for form in entry.long[language])
        if tuple(stems[first : first + len(long)]) == long
    ]
