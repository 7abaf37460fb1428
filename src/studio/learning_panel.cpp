#include <algorithm>

#include <imgui.h>

#include "core/text.h"
#include "studio/app.h"
#include "studio/panels.h"
#include "studio/theme.h"
#include "studio/widgets.h"

namespace ganlet::studio {

namespace {

struct Curve {
  std::string name;
  std::vector<ImVec2> points; ///< step, loss
};

/// The losses by their names, in the order in which they come up.
std::vector<Curve> curves_of(const std::vector<TrainingStep>& training) {
  std::vector<Curve> curves;
  for (const TrainingStep& step : training)
    for (const auto& [name, loss] : step.losses) {
      auto found = std::ranges::find(curves, name, &Curve::name);
      if (found == curves.end())
        found = curves.insert(curves.end(), {name, {}});
      found->points.emplace_back(static_cast<float>(step.step), static_cast<float>(loss));
    }
  return curves;
}

/// One loss over the steps, in a scale of its own, with a mark at the present step.
void plot(const Curve& curve, float last_step, float present) {
  const auto [low, high] = std::ranges::minmax(curve.points, {}, &ImVec2::y);
  const float range = high.y > low.y ? high.y - low.y : 1;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, line = px(18), height = px(46), inset = px(6);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const auto place = [&](ImVec2 point) {
    return ImVec2(at.x + inset + point.x / last_step * (width - 2 * inset),
                  at.y + line + height - inset - (point.y - low.y) / range * (height - 2 * inset));
  };
  const std::string values = concat(fixed(double{low.y}, 2), " to ", fixed(double{high.y}, 2));
  ImGui::PushFont(theme.small);
  list.AddText(at, theme.quiet, printable(curve.name, 32).c_str());
  list.AddText({at.x + width - ImGui::CalcTextSize(values.c_str()).x, at.y}, theme.quiet, values.c_str());
  ImGui::PopFont();
  list.AddRectFilled({at.x, at.y + line}, {at.x + width, at.y + line + height}, theme.card, px(6));
  const float mark = place({present, low.y}).x;
  list.AddLine({mark, at.y + line + px(3)}, {mark, at.y + line + height - px(3)}, theme.line, px(2));
  for (std::size_t i = 1; i < curve.points.size(); ++i)
    list.AddLine(place(curve.points[i - 1]), place(curve.points[i]), theme.accent, px(2));
  for (const ImVec2& point : curve.points)
    list.AddCircleFilled(place(point), px(point.x == present ? 4.5F : 2.5F), theme.accent);
  ImGui::Dummy({width, line + height + px(2)});
}

} // namespace

void learning_panel(App& app) {
  title("Watch it learn");
  const std::vector<TrainingStep>& training = app.facts.training;
  if (training.empty()) {
    note("This model comes without generators kept on the way of its training.");
    return;
  }
  const TrainingStep* const kept = kept_generator(app.state(), app.facts);
  const auto last = static_cast<int>(training.size()) - 1;
  int index = kept == nullptr ? last : static_cast<int>(kept - training.data());
  const std::int64_t step = training[static_cast<std::size_t>(index)].step;
  const std::string words = concat(with_commas(step), " of ", with_commas(training.back().step), " steps");
  if (slider_in_words("Trained for", &index, 0, last, words)) {
    State next = app.state();
    next.trained = index == last ? std::nullopt : std::optional(training[static_cast<std::size_t>(index)].step);
    app.change(std::move(next), "trained");
  }
  note(app.loading_step >= 0 ? "That generator is being loaded."
                             : "The same seeds, as it drew them after so many steps.");
  const std::vector<Curve> curves = curves_of(training);
  if (curves.empty())
    return;
  heading("Losses");
  for (const Curve& curve : curves)
    plot(curve, static_cast<float>(std::max<std::int64_t>(training.back().step, 1)), static_cast<float>(step));
}

} // namespace ganlet::studio
