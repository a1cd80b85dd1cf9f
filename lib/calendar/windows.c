#include "calendar/calendar.h"
#include "calendar/zones.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LENGTH_MAX = 100 };

/*
 * Facts of the Unicode CLDR, release 48.2,
 * common/supplemental/windowsZones.xml: the zone of territory 001 for each
 * name, as tzdata calls it today (in zone.tab). Release 41 has Chihuahua in
 * place of Mazatlan and Almaty in place of Bishkek: these changed their offsets
 * in 2022 and 2024, and the zones of Windows did not follow. In the order of
 * strcasecmp.
 */
struct windows_zone {
    const char *windows, *olson;
};

static const struct windows_zone table[] = {
    {"Afghanistan Standard Time", "Asia/Kabul"},
    {"Alaskan Standard Time", "America/Anchorage"},
    {"Aleutian Standard Time", "America/Adak"},
    {"Altai Standard Time", "Asia/Barnaul"},
    {"Arab Standard Time", "Asia/Riyadh"},
    {"Arabian Standard Time", "Asia/Dubai"},
    {"Arabic Standard Time", "Asia/Baghdad"},
    {"Argentina Standard Time", "America/Argentina/Buenos_Aires"},
    {"Astrakhan Standard Time", "Europe/Astrakhan"},
    {"Atlantic Standard Time", "America/Halifax"},
    {"AUS Central Standard Time", "Australia/Darwin"},
    {"Aus Central W. Standard Time", "Australia/Eucla"},
    {"AUS Eastern Standard Time", "Australia/Sydney"},
    {"Azerbaijan Standard Time", "Asia/Baku"},
    {"Azores Standard Time", "Atlantic/Azores"},
    {"Bahia Standard Time", "America/Bahia"},
    {"Bangladesh Standard Time", "Asia/Dhaka"},
    {"Belarus Standard Time", "Europe/Minsk"},
    {"Bougainville Standard Time", "Pacific/Bougainville"},
    {"Canada Central Standard Time", "America/Regina"},
    {"Cape Verde Standard Time", "Atlantic/Cape_Verde"},
    {"Caucasus Standard Time", "Asia/Yerevan"},
    {"Cen. Australia Standard Time", "Australia/Adelaide"},
    {"Central America Standard Time", "America/Guatemala"},
    {"Central Asia Standard Time", "Asia/Bishkek"},
    {"Central Brazilian Standard Time", "America/Cuiaba"},
    {"Central Europe Standard Time", "Europe/Budapest"},
    {"Central European Standard Time", "Europe/Warsaw"},
    {"Central Pacific Standard Time", "Pacific/Guadalcanal"},
    {"Central Standard Time", "America/Chicago"},
    {"Central Standard Time (Mexico)", "America/Mexico_City"},
    {"Chatham Islands Standard Time", "Pacific/Chatham"},
    {"China Standard Time", "Asia/Shanghai"},
    {"Cuba Standard Time", "America/Havana"},
    {"Dateline Standard Time", "Etc/GMT+12"},
    {"E. Africa Standard Time", "Africa/Nairobi"},
    {"E. Australia Standard Time", "Australia/Brisbane"},
    {"E. Europe Standard Time", "Europe/Chisinau"},
    {"E. South America Standard Time", "America/Sao_Paulo"},
    {"Easter Island Standard Time", "Pacific/Easter"},
    {"Eastern Standard Time", "America/New_York"},
    {"Eastern Standard Time (Mexico)", "America/Cancun"},
    {"Egypt Standard Time", "Africa/Cairo"},
    {"Ekaterinburg Standard Time", "Asia/Yekaterinburg"},
    {"Fiji Standard Time", "Pacific/Fiji"},
    {"FLE Standard Time", "Europe/Kyiv"},
    {"Georgian Standard Time", "Asia/Tbilisi"},
    {"GMT Standard Time", "Europe/London"},
    {"Greenland Standard Time", "America/Nuuk"},
    {"Greenwich Standard Time", "Atlantic/Reykjavik"},
    {"GTB Standard Time", "Europe/Bucharest"},
    {"Haiti Standard Time", "America/Port-au-Prince"},
    {"Hawaiian Standard Time", "Pacific/Honolulu"},
    {"India Standard Time", "Asia/Kolkata"},
    {"Iran Standard Time", "Asia/Tehran"},
    {"Israel Standard Time", "Asia/Jerusalem"},
    {"Jordan Standard Time", "Asia/Amman"},
    {"Kaliningrad Standard Time", "Europe/Kaliningrad"},
    {"Korea Standard Time", "Asia/Seoul"},
    {"Libya Standard Time", "Africa/Tripoli"},
    {"Line Islands Standard Time", "Pacific/Kiritimati"},
    {"Lord Howe Standard Time", "Australia/Lord_Howe"},
    {"Magadan Standard Time", "Asia/Magadan"},
    {"Magallanes Standard Time", "America/Punta_Arenas"},
    {"Marquesas Standard Time", "Pacific/Marquesas"},
    {"Mauritius Standard Time", "Indian/Mauritius"},
    {"Middle East Standard Time", "Asia/Beirut"},
    {"Montevideo Standard Time", "America/Montevideo"},
    {"Morocco Standard Time", "Africa/Casablanca"},
    {"Mountain Standard Time", "America/Denver"},
    {"Mountain Standard Time (Mexico)", "America/Mazatlan"},
    {"Myanmar Standard Time", "Asia/Yangon"},
    {"N. Central Asia Standard Time", "Asia/Novosibirsk"},
    {"Namibia Standard Time", "Africa/Windhoek"},
    {"Nepal Standard Time", "Asia/Kathmandu"},
    {"New Zealand Standard Time", "Pacific/Auckland"},
    {"Newfoundland Standard Time", "America/St_Johns"},
    {"Norfolk Standard Time", "Pacific/Norfolk"},
    {"North Asia East Standard Time", "Asia/Irkutsk"},
    {"North Asia Standard Time", "Asia/Krasnoyarsk"},
    {"North Korea Standard Time", "Asia/Pyongyang"},
    {"Omsk Standard Time", "Asia/Omsk"},
    {"Pacific SA Standard Time", "America/Santiago"},
    {"Pacific Standard Time", "America/Los_Angeles"},
    {"Pacific Standard Time (Mexico)", "America/Tijuana"},
    {"Pakistan Standard Time", "Asia/Karachi"},
    {"Paraguay Standard Time", "America/Asuncion"},
    {"Qyzylorda Standard Time", "Asia/Qyzylorda"},
    {"Romance Standard Time", "Europe/Paris"},
    {"Russia Time Zone 10", "Asia/Srednekolymsk"},
    {"Russia Time Zone 11", "Asia/Kamchatka"},
    {"Russia Time Zone 3", "Europe/Samara"},
    {"Russian Standard Time", "Europe/Moscow"},
    {"SA Eastern Standard Time", "America/Cayenne"},
    {"SA Pacific Standard Time", "America/Bogota"},
    {"SA Western Standard Time", "America/La_Paz"},
    {"Saint Pierre Standard Time", "America/Miquelon"},
    {"Sakhalin Standard Time", "Asia/Sakhalin"},
    {"Samoa Standard Time", "Pacific/Apia"},
    {"Sao Tome Standard Time", "Africa/Sao_Tome"},
    {"Saratov Standard Time", "Europe/Saratov"},
    {"SE Asia Standard Time", "Asia/Bangkok"},
    {"Singapore Standard Time", "Asia/Singapore"},
    {"South Africa Standard Time", "Africa/Johannesburg"},
    {"South Sudan Standard Time", "Africa/Juba"},
    {"Sri Lanka Standard Time", "Asia/Colombo"},
    {"Sudan Standard Time", "Africa/Khartoum"},
    {"Syria Standard Time", "Asia/Damascus"},
    {"Taipei Standard Time", "Asia/Taipei"},
    {"Tasmania Standard Time", "Australia/Hobart"},
    {"Tocantins Standard Time", "America/Araguaina"},
    {"Tokyo Standard Time", "Asia/Tokyo"},
    {"Tomsk Standard Time", "Asia/Tomsk"},
    {"Tonga Standard Time", "Pacific/Tongatapu"},
    {"Transbaikal Standard Time", "Asia/Chita"},
    {"Turkey Standard Time", "Europe/Istanbul"},
    {"Turks And Caicos Standard Time", "America/Grand_Turk"},
    {"Ulaanbaatar Standard Time", "Asia/Ulaanbaatar"},
    {"US Eastern Standard Time", "America/Indiana/Indianapolis"},
    {"US Mountain Standard Time", "America/Phoenix"},
    {"UTC", "Etc/UTC"},
    {"UTC+12", "Etc/GMT-12"},
    {"UTC+13", "Etc/GMT-13"},
    {"UTC-02", "Etc/GMT+2"},
    {"UTC-08", "Etc/GMT+8"},
    {"UTC-09", "Etc/GMT+9"},
    {"UTC-11", "Etc/GMT+11"},
    {"Venezuela Standard Time", "America/Caracas"},
    {"Vladivostok Standard Time", "Asia/Vladivostok"},
    {"Volgograd Standard Time", "Europe/Volgograd"},
    {"W. Australia Standard Time", "Australia/Perth"},
    {"W. Central Africa Standard Time", "Africa/Lagos"},
    {"W. Europe Standard Time", "Europe/Berlin"},
    {"W. Mongolia Standard Time", "Asia/Hovd"},
    {"West Asia Standard Time", "Asia/Tashkent"},
    {"West Bank Standard Time", "Asia/Hebron"},
    {"West Pacific Standard Time", "Pacific/Port_Moresby"},
    {"Yakutsk Standard Time", "Asia/Yakutsk"},
    {"Yukon Standard Time", "America/Whitehorse"},
};

/*
 * The zones of the names that Windows displays, by the first of their places,
 * in the editions since 2003 ("(UTC-05:00) Eastern Time (US & Canada)"; until
 * 2009 with GMT). A place that has changed its zone is there twice.
 */
static const struct {
    const char *places, *windows;
} displayed[] = {
    {"International Date Line West", "Dateline Standard Time"},
    {"Aleutian Islands", "Aleutian Standard Time"},
    {"Hawaii", "Hawaiian Standard Time"},
    {"Marquesas Islands", "Marquesas Standard Time"},
    {"Alaska", "Alaskan Standard Time"},
    {"Baja California", "Pacific Standard Time (Mexico)"},
    {"Tijuana", "Pacific Standard Time (Mexico)"},
    {"Pacific Time (US", "Pacific Standard Time"},
    {"Arizona", "US Mountain Standard Time"},
    {"Chihuahua", "Mountain Standard Time (Mexico)"},
    {"La Paz, Mazatlan", "Mountain Standard Time (Mexico)"},
    {"Mountain Time (US", "Mountain Standard Time"},
    {"Yukon", "Yukon Standard Time"},
    {"Central America", "Central America Standard Time"},
    {"Central Time (US", "Central Standard Time"},
    {"Easter Island", "Easter Island Standard Time"},
    {"Guadalajara", "Central Standard Time (Mexico)"},
    {"Saskatchewan", "Canada Central Standard Time"},
    {"Bogota", "SA Pacific Standard Time"},
    {"Chetumal", "Eastern Standard Time (Mexico)"},
    {"Eastern Time (US", "Eastern Standard Time"},
    {"Haiti", "Haiti Standard Time"},
    {"Havana", "Cuba Standard Time"},
    {"Indiana (East)", "US Eastern Standard Time"},
    {"Turks and Caicos", "Turks And Caicos Standard Time"},
    {"Asuncion", "Paraguay Standard Time"},
    {"Atlantic Time (Canada)", "Atlantic Standard Time"},
    {"Caracas", "Venezuela Standard Time"},
    {"Cuiaba", "Central Brazilian Standard Time"},
    {"Manaus", "Central Brazilian Standard Time"},
    {"Georgetown", "SA Western Standard Time"},
    {"La Paz", "SA Western Standard Time"},
    {"Santiago", "Pacific SA Standard Time"},
    {"Newfoundland", "Newfoundland Standard Time"},
    {"Araguaina", "Tocantins Standard Time"},
    {"Brasilia", "E. South America Standard Time"},
    {"Cayenne", "SA Eastern Standard Time"},
    {"City of Buenos Aires", "Argentina Standard Time"},
    {"Buenos Aires", "Argentina Standard Time"},
    {"Greenland", "Greenland Standard Time"},
    {"Montevideo", "Montevideo Standard Time"},
    {"Punta Arenas", "Magallanes Standard Time"},
    {"Saint Pierre and Miquelon", "Saint Pierre Standard Time"},
    {"Salvador", "Bahia Standard Time"},
    {"Azores", "Azores Standard Time"},
    {"Cabo Verde Is.", "Cape Verde Standard Time"},
    {"Cape Verde Is.", "Cape Verde Standard Time"},
    {"Cape Verde Islands", "Cape Verde Standard Time"},
    {"Coordinated Universal Time", "UTC"},
    {"Co-ordinated Universal Time", "UTC"},
    {"Dublin", "GMT Standard Time"},
    {"Greenwich Mean Time : Dublin", "GMT Standard Time"},
    {"Greenwich Mean Time: Dublin", "GMT Standard Time"},
    {"Casablanca, Monrovia", "Greenwich Standard Time"},
    {"Casablanca", "Morocco Standard Time"},
    {"Monrovia", "Greenwich Standard Time"},
    {"Sao Tome", "Sao Tome Standard Time"},
    {"Amsterdam", "W. Europe Standard Time"},
    {"Belgrade", "Central Europe Standard Time"},
    {"Brussels", "Romance Standard Time"},
    {"Sarajevo", "Central European Standard Time"},
    {"West Central Africa", "W. Central Africa Standard Time"},
    {"Amman", "Jordan Standard Time"},
    {"Athens", "GTB Standard Time"},
    {"Bucharest", "GTB Standard Time"},
    {"Beirut", "Middle East Standard Time"},
    {"Cairo", "Egypt Standard Time"},
    {"Chisinau", "E. Europe Standard Time"},
    {"E. Europe", "E. Europe Standard Time"},
    {"Minsk", "E. Europe Standard Time"},
    {"Minsk", "Belarus Standard Time"},
    {"Damascus", "Syria Standard Time"},
    {"Gaza", "West Bank Standard Time"},
    {"Harare", "South Africa Standard Time"},
    {"Helsinki", "FLE Standard Time"},
    {"Nicosia", "GTB Standard Time"},
    {"Jerusalem", "Israel Standard Time"},
    {"Juba", "South Sudan Standard Time"},
    {"Kaliningrad", "Kaliningrad Standard Time"},
    {"Khartoum", "Sudan Standard Time"},
    {"Tripoli", "Libya Standard Time"},
    {"Windhoek", "Namibia Standard Time"},
    {"Baghdad", "Arabic Standard Time"},
    {"Istanbul", "Turkey Standard Time"},
    {"Kuwait", "Arab Standard Time"},
    {"Moscow", "Russian Standard Time"},
    {"Nairobi", "E. Africa Standard Time"},
    {"Volgograd", "Volgograd Standard Time"},
    {"Tehran", "Iran Standard Time"},
    {"Abu Dhabi", "Arabian Standard Time"},
    {"Astrakhan", "Astrakhan Standard Time"},
    {"Baku", "Azerbaijan Standard Time"},
    {"Izhevsk", "Russia Time Zone 3"},
    {"Port Louis", "Mauritius Standard Time"},
    {"Saratov", "Saratov Standard Time"},
    {"Tbilisi", "Georgian Standard Time"},
    {"Yerevan", "Caucasus Standard Time"},
    {"Kabul", "Afghanistan Standard Time"},
    {"Ashgabat", "West Asia Standard Time"},
    {"Tashkent", "West Asia Standard Time"},
    {"Islamabad", "Pakistan Standard Time"},
    {"Ekaterinburg", "Ekaterinburg Standard Time"},
    {"Qyzylorda", "Qyzylorda Standard Time"},
    {"Chennai", "India Standard Time"},
    {"Sri Jayawardenepura", "Sri Lanka Standard Time"},
    {"Kathmandu", "Nepal Standard Time"},
    {"Astana", "Central Asia Standard Time"},
    {"Astana", "Qyzylorda Standard Time"},
    {"Bishkek", "Central Asia Standard Time"},
    {"Dhaka", "Bangladesh Standard Time"},
    {"Omsk", "Omsk Standard Time"},
    {"Almaty", "N. Central Asia Standard Time"},
    {"Novosibirsk", "N. Central Asia Standard Time"},
    {"Yangon", "Myanmar Standard Time"},
    {"Bangkok", "SE Asia Standard Time"},
    {"Barnaul", "Altai Standard Time"},
    {"Hovd", "W. Mongolia Standard Time"},
    {"Krasnoyarsk", "North Asia Standard Time"},
    {"Tomsk", "Tomsk Standard Time"},
    {"Beijing", "China Standard Time"},
    {"Irkutsk", "North Asia East Standard Time"},
    {"Kuala Lumpur", "Singapore Standard Time"},
    {"Perth", "W. Australia Standard Time"},
    {"Taipei", "Taipei Standard Time"},
    {"Ulaanbaatar", "Ulaanbaatar Standard Time"},
    {"Eucla", "Aus Central W. Standard Time"},
    {"Chita", "Transbaikal Standard Time"},
    {"Osaka", "Tokyo Standard Time"},
    {"Pyongyang", "North Korea Standard Time"},
    {"Seoul", "Korea Standard Time"},
    {"Yakutsk", "Yakutsk Standard Time"},
    {"Adelaide", "Cen. Australia Standard Time"},
    {"Darwin", "AUS Central Standard Time"},
    {"Brisbane", "E. Australia Standard Time"},
    {"Canberra", "AUS Eastern Standard Time"},
    {"Guam", "West Pacific Standard Time"},
    {"Hobart", "Tasmania Standard Time"},
    {"Vladivostok", "Vladivostok Standard Time"},
    {"Lord Howe Island", "Lord Howe Standard Time"},
    {"Bougainville Island", "Bougainville Standard Time"},
    {"Chokurdakh", "Russia Time Zone 10"},
    {"Magadan", "Magadan Standard Time"},
    {"Norfolk Island", "Norfolk Standard Time"},
    {"Sakhalin", "Sakhalin Standard Time"},
    {"Solomon Is.", "Central Pacific Standard Time"},
    {"Solomon Islands", "Central Pacific Standard Time"},
    {"Anadyr", "Russia Time Zone 11"},
    {"Auckland", "New Zealand Standard Time"},
    {"Fiji", "Fiji Standard Time"},
    {"Fiji Islands", "Fiji Standard Time"},
    {"Chatham Islands", "Chatham Islands Standard Time"},
    {"Nuku'alofa", "Tonga Standard Time"},
    {"Samoa", "Samoa Standard Time"},
    {"Kiritimati Island", "Line Islands Standard Time"},
};

static int
compare(const void *name, const void *row)
{
    return strcasecmp(name, ((const struct windows_zone *)row)->windows);
}

static const char *
find(const char *name)
{
    const struct windows_zone *found = bsearch(
        name, table, sizeof table / sizeof *table, sizeof *table, compare);

    return found ? found->olson : NULL;
}

/* Copies of a zone are numbered: "GMT Standard Time 1". */
static size_t
without_number(const char *name, size_t n)
{
    size_t kept = n;

    while (kept && name[kept - 1] >= '0' && name[kept - 1] <= '9')
        kept--;
    if (kept == n || !kept || name[kept - 1] != ' ')
        return n;
    while (kept && name[kept - 1] == ' ')
        kept--;
    return kept;
}

/* Some programs name a zone as its clock is called in summer. */
static void
make_standard(char *name)
{
    char *daylight = strstr(name, " Daylight Time");

    if (daylight)
        memcpy(daylight + 1, "Standard", strlen("Standard"));
}

const char *
smp_windows_zone(const char *name)
{
    char other[LENGTH_MAX + 1];
    const char *found = find(name);
    size_t n = strlen(name);

    if (found || n > LENGTH_MAX)
        return found;
    n = without_number(name, n);
    memcpy(other, name, n);
    other[n] = '\0';
    make_standard(other);
    return find(other);
}

/* What follows a place in a name of several. */
static bool
ends_place(const char *rest)
{
    if (!*rest || strchr(",;", *rest))
        return true;
    rest += strspn(rest, " ");
    return strchr("(-:&0123456789", *rest) || strncasecmp(rest, "and ", 4) == 0;
}

const char *
smp_windows_places(const char *places, size_t *next)
{
    while (*next < sizeof displayed / sizeof *displayed) {
        size_t i = (*next)++, n = strlen(displayed[i].places);

        if (strncasecmp(places, displayed[i].places, n) == 0 &&
            ends_place(places + n))
            return find(displayed[i].windows);
    }
    return NULL;
}
