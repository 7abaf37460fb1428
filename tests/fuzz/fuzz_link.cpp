// A link to the studio, which anybody may have made: it sets a valid state, whose own link gives the same state, and
// nothing that only arguments may set.

#include "fuzz.h"
#include "studio/link.h"

namespace ganlet::fuzz {

void try_bytes(std::span<const std::byte> bytes) {
  using namespace studio;
  State state;
  Start start;
  for (const std::string& problem : apply(settings_of_link(text_of(bytes)), state, start))
    require(!problem.empty() && problem.find_first_of("\n\r\x1b") == std::string::npos, "a problem is one line");
  Start allowed;
  allowed.theme = start.theme;
  allowed.panel = start.panel;
  require(start == allowed, "a link sets nothing but theme and panel of how the program starts");
  for (const std::size_t longest : {longest_link, longest_kept}) {
    const Link link = link_of(state, longest);
    require(link.fragment.size() <= longest, "a link is as short as it has to be");
    if (link.left_out.empty())
      require(state_of(link.fragment) == state, "a link gives the state again");
  }
}

} // namespace ganlet::fuzz
